// The second worker: answers what the engine's worker sends it, one message after another.

import init, { Helper } from "./pkg/entroscope.js";

let helper;

self.onmessage = async ({ data }) => {
  if (helper) {
    const answer = helper.answer(data);
    postMessage(answer, [answer.buffer]);
    return;
  }
  await init({ module_or_path: data });
  helper = new Helper();
  postMessage("ready");
};
