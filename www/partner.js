// The way from the engine's worker to a second one, which computes its share of what the first one sends.

import { Buffers } from "./buffers.js";

export class Partner {
  buffers = new Buffers();
  answers = [];
  /** Whether it can take its share. */
  begun = false;
  lost = false;

  /** `module`: the compiled wasm module. The second worker is started when it is first asked for. */
  constructor(module) {
    this.module = module;
  }

  get ready() {
    if (!this.worker && !this.lost) this.start();
    return this.begun;
  }

  start() {
    try {
      this.worker = new Worker(new URL("./helper.js", import.meta.url), { type: "module" });
    } catch (error) {
      // Not every browser lets a worker have one.
      this.lose(error.message);
      return;
    }
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.lose(event.message || "its script could not be loaded");
    };
    this.worker.postMessage(this.module);
  }

  hear(data) {
    if (data === "ready") this.begun = true;
    else {
      this.answers.push(data);
      this.give?.();
    }
  }

  send(words) {
    const message = this.buffers.filled(words);
    this.worker?.postMessage(message, [message.buffer]);
  }

  /** The promise of the next answer, which is read before anything else is asked for. */
  receive() {
    if (this.read) this.buffers.keep(this.read);
    this.read = null;
    return new Promise((resolve, reject) => {
      this.give = () => {
        if (this.lost) reject(this.lost);
        else if (!this.read && this.answers.length) resolve(this.read = this.answers.shift());
      };
      this.give();
    });
  }

  /** It is gone for the rest of the visit. */
  lose(why) {
    this.worker?.terminate();
    this.begun = false;
    this.lost ||= why;
    this.give?.();
  }
}
