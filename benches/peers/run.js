// The browser's side of the benchmark: asks for commands, does them one by one, and says what came of it.
//
// A command is {peer, variant, run}; the peer's module exports run(run, variant), which resolves to {value, unit} and, where there are any,
// `numbers` (what every peer must agree on), `adapter` and `note`. What happens before a peer starts its clock (a library loads, a first run
// compiles) is not the run's.

for (;;) {
  const answer = await fetch("/__bench/next");
  if (answer.status === 204) continue;
  const { peer, variant, run } = await answer.json();
  let result;
  try {
    result = await (await import(`./${peer}.js`)).run(run, variant);
  } catch (error) {
    result = { missing: String(error?.message ?? error) };
  }
  await fetch("/__bench/said", { method: "POST", body: JSON.stringify(result) });
}
