// Comparisons: several runs that differ in one thing, computed in the background one after the other, kept in the archive.

import { byId, make } from "./elements.js";

/**
 * `actions`: `begun()` when figures were switched on for a comparison, `kept(created, text)` stores a run that has come. Returns `{update}`.
 */
export function createSweeps(app, actions) {
  const list = byId("sweep-list");
  let shape = "";
  /** The comparison that is being computed: `{page, slug, cancelled}`. */
  let running = null;
  let cards = [];

  function update() {
    const sweeps = app.page.sweeps();
    byId("sweeps").hidden = !sweeps.length;
    const now = JSON.stringify(sweeps);
    if (now === shape) return;
    shape = now;
    cards = sweeps.map(card);
    list.replaceChildren(...cards.map(({ element }) => element));
  }

  function card({ slug, title, help, input }) {
    const id = `sweep-${slug}`;
    const field = input && make("input", { type: "text", id: `${id}-input`, ".value": input[1], spellcheck: "false", "aria-describedby": `${id}-said` });
    const start = make("button", { type: "button", id, class: "primary", text: "Compute", "aria-label": `Compute: ${title}` });
    const stop = make("button", { type: "button", id: `${id}-cancel`, text: "Cancel", "aria-label": `Cancel: ${title}`, hidden: true });
    const bar = make("progress", { max: 1, value: 0, hidden: true, "aria-label": `Progress: ${title}` });
    const said = make("p", { class: "sweep-said", id: `${id}-said`, role: "status" });
    const element = make("section", { class: "sweep", "data-slug": slug },
      make("h3", { text: title }), make("p", { text: help }),
      field && make("label", { class: "sweep-input", for: field.id }, make("span", { text: input[0] }), field),
      make("div", { class: "sweep-tools" }, start, stop, bar), said);
    // Each takes the focus over from the other.
    const show = (busy) => {
      const [from, to] = busy ? [start, stop] : [stop, start];
      const moves = document.activeElement === from;
      start.disabled = busy;
      stop.hidden = !busy;
      if (moves) to.focus({ preventScroll: true });
      bar.hidden = !busy;
    };
    start.addEventListener("click", () => run({ slug, title, text: field?.value ?? "", bar, said, show }));
    field?.addEventListener("keydown", (event) => { if (event.key === "Enter") start.click(); });
    stop.addEventListener("click", cancel);
    return { element, start };
  }

  async function run({ slug, title, text, bar, said, show }) {
    if (running) {
      said.textContent = "Another comparison is being computed: wait for it, or cancel it.";
      return;
    }
    const { page } = app;
    let fragments;
    try {
      fragments = page.sweep(slug, text);
    } catch (error) {
      said.textContent = error.message;
      return;
    }
    const job = { cancelled: false };
    running = job;
    actions.begun();
    show(true);
    bar.max = fragments.length;
    let done = 0;
    let trouble = "";
    try {
      for (const fragment of fragments) {
        bar.value = done;
        said.textContent = `Run ${done + 1} of ${fragments.length}`;
        const { rows, engine, adapter } = await app.engine.compute(fragment, (share) => { bar.value = done + share; });
        if (job.cancelled) break;
        if (app.page !== page) { cancel(); break; }
        const created = `${new Date().toISOString()} ${done}`;
        const stored = page.sweep_rows(title, fragment, rows, engine, adapter, created);
        if (stored !== undefined) actions.kept(stored);
        done += 1;
      }
    } catch (error) {
      trouble = error.message;
    }
    const all = fragments.length;
    if (job.cancelled) said.textContent = `Cancelled: ${done} of ${all} runs are in the archive.`;
    else if (trouble) said.textContent = `Stopped after ${done} of ${all} runs: ${trouble}`;
    else said.textContent = `Done: ${all === 1 ? "1 run is" : `${all} runs are`} in the archive and in the figures.`;
    running = null;
    show(false);
    app.announce(said.textContent);
  }

  /** Stops the comparison; what has come stays in the archive. */
  function cancel() {
    if (!running) return;
    running.cancelled = true;
    app.engine.abandon();
  }

  return { update, cancel };
}
