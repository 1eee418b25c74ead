// The way from the engine's worker to a second one, which computes its share of what the first one sends.

/** Words from which on a message's memory is used again. */
const LARGE = 2 ** 14;

/** Memory of messages that have come, for those that go: new memory costs twenty times what is written into it. */
export class Buffers {
  free = [];

  /** A copy of some words, to be sent away. */
  filled(words) {
    const { length } = words;
    const size = length < LARGE ? length : 2 ** Math.ceil(Math.log2(length));
    const at = this.free.findIndex(({ byteLength }) => byteLength === 4 * size);
    const copy = new Uint32Array(at < 0 ? new ArrayBuffer(4 * size) : this.free.splice(at, 1)[0], 0, length);
    copy.set(words);
    return copy;
  }

  /** Takes the memory of a message that has been read. */
  keep({ buffer }) {
    if (buffer.byteLength >= 4 * LARGE) this.free.unshift(buffer);
    this.free.length = Math.min(this.free.length, 8);
  }
}

export class Partner {
  buffers = new Buffers();
  answers = [];
  /** Whether it can take its share. */
  begun = false;
  lost = false;
  /** Whether it has better things to do. */
  rests = false;

  /** `create` makes the second worker when it is first asked for; `engine`: what it computes with, as helper.js has it. */
  constructor(create, engine) {
    Object.assign(this, { create, engine });
  }

  get ready() {
    if (!this.worker && !this.lost) this.start();
    return this.begun && !this.rests;
  }

  start() {
    try {
      this.worker = this.create();
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
    this.worker.postMessage(this.engine);
  }

  hear(data) {
    if (data === "ready") this.begun = true;
    else if (data.failed) this.lose(data.failed);
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

  /** It is gone, and does not come again. */
  lose(why) {
    this.worker?.terminate();
    this.begun = false;
    this.lost ||= why;
    this.give?.();
  }
}
