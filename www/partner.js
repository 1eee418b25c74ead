// The way from the engine's worker to a second one, which computes its share of what the first one sends.

/** Words from which on a message's memory is used again. */
const LARGE = 2 ** 14;

/** Memory of messages that have come, for those that go: new memory costs twenty times what is written into it. */
export class Buffers {
  free = [];

  /** A copy of some words, to be sent away. */
  filled(words) {
    const { length } = words;
    const at = this.free.findIndex(({ byteLength }) => byteLength >= 4 * length);
    const isNew = at < 0 || length < LARGE;
    const buffer = isNew ? new ArrayBuffer(4 * (length < LARGE ? length : 2 ** Math.ceil(Math.log2(length)))) : this.free.splice(at, 1)[0];
    const copy = new Uint32Array(buffer, 0, length);
    copy.set(words);
    return copy;
  }

  /** Takes the memory of a message that has been read. */
  keep({ buffer }) {
    if (buffer.byteLength >= 4 * LARGE) this.free.unshift(buffer);
    this.free.length = Math.min(this.free.length, 4);
  }
}

export class Partner {
  buffers = new Buffers();

  /** `module`: the compiled wasm module. The second worker is started when it is first asked for. */
  constructor(module) {
    this.module = module;
    this.open();
  }

  /** Called by an engine that begins with it: after a loss it may come again. One that could not be started stays away. */
  open() {
    this.answers = [];
    this.waiting = null;
    this.lost = this.failed;
  }

  /** Whether it can take its share. */
  get ready() {
    if (!this.worker && !this.lost && typeof Worker === "function") this.start();
    return Boolean(this.begun);
  }

  start() {
    try {
      this.worker = new Worker(new URL("./helper.js", import.meta.url), { type: "module" });
    } catch (error) {
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
    else if (this.waiting) {
      this.waiting.resolve(data);
      this.waiting = null;
    } else this.answers.push(data);
  }

  send(words) {
    const message = this.buffers.filled(words);
    this.worker?.postMessage(message, [message.buffer]);
  }

  /** The promise of the next answer; `keep` gets it when it has been read. */
  receive() {
    return new Promise((resolve, reject) => {
      if (this.answers.length) resolve(this.answers.shift());
      else if (this.worker) this.waiting = { resolve, reject };
      else reject(this.why);
    });
  }

  keep(answer) {
    this.buffers.keep(answer);
  }

  lose(why) {
    this.worker?.terminate();
    this.failed ||= Boolean(this.worker) && !this.begun;
    Object.assign(this, { worker: null, begun: false, lost: true, why });
    this.waiting?.reject(why);
    this.waiting = null;
  }
}
