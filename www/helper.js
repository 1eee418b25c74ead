// The second worker: answers what the engine's worker sends it, one message after another. The first message is what it computes with,
// `{module, long}`: the compiled wasm module, and whether that is the one of long runs.

import { Buffers } from "./partner.js";

const buffers = new Buffers();
let help;

const back = {
  send(words) {
    const answer = buffers.filled(words);
    postMessage(answer, [answer.buffer]);
  },
};

self.onmessage = async ({ data }) => {
  try {
    if (help) {
      help(data, back);
      buffers.keep(data);
      return;
    }
    const engine = await (data.long ? import("./pkg-long/entroscope_long.js") : import("./pkg/entroscope.js"));
    await engine.default({ module_or_path: data.module });
    help = engine.help;
    postMessage("ready");
  } catch (error) {
    // Nobody hears of what fails behind an await.
    postMessage({ failed: globalThis.ENTROSCOPE_PANIC || error.message || String(error) });
  }
};
