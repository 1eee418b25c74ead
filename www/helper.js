// The second worker: answers what the engine's worker sends it, one message after another.

import init, { help } from "./pkg/entroscope.js";
import { Buffers } from "./partner.js";

const buffers = new Buffers();
let begun = false;

const back = {
  send(words) {
    const answer = buffers.filled(words);
    postMessage(answer, [answer.buffer]);
  },
};

self.onmessage = async ({ data }) => {
  if (begun) {
    help(data, back);
    buffers.keep(data);
    return;
  }
  await init({ module_or_path: data });
  begun = true;
  postMessage("ready");
};
