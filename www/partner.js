// The way from the engine's worker to a second one, which computes its share of what the first one sends.

export class Partner {
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

  send(message) {
    this.worker?.postMessage(message, [message.buffer]);
  }

  /** The promise of the next answer. */
  receive() {
    return new Promise((resolve, reject) => {
      if (this.answers.length) resolve(this.answers.shift());
      else if (this.worker) this.waiting = { resolve, reject };
      else reject(this.why);
    });
  }

  lose(why) {
    this.worker?.terminate();
    this.failed ||= Boolean(this.worker) && !this.begun;
    Object.assign(this, { worker: null, begun: false, lost: true, why });
    this.waiting?.reject(why);
    this.waiting = null;
  }
}
