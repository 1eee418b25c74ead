// The page's side of the engine's worker: the newest run wins, older ones are dropped, background runs wait until it is done.

/**
 * Runs experiments in the worker. `module` is the promise of the compiled wasm module. `on` receives: ready, fetching, started,
 * rows, failed, each with the worker's message. `workers`: how many may compute, one or two.
 */
export class EngineClient {
  constructor(module, on, workers = navigator.hardwareConcurrency) {
    this.module = module;
    this.on = on;
    this.workers = workers;
    /** Number of the newest request. */
    this.count = 0;
    /** Number of the one that is waited for; what carries another one is dropped. */
    this.id = 0;
    /** Runs that are to follow the current one, `{id, experiment}`; the worker takes the newest that it knows then. */
    this.coming = [];
    this.busy = false;
    /** Background jobs: `{request, resolve, reject, progress, passing}`, and of a run `{engine, adapter, rows, steps}`. */
    this.background = [];
    this.current = null;
    this.spawn();
  }

  spawn() {
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      const message = event.message || "The worker script could not be loaded.";
      this.receive({ type: "failed", id: this.id, kind: "fatal", dead: true, file: null, message });
    };
    this.dead = false;
    const base = new URL(document.documentElement.dataset.files, document.baseURI).href;
    const { worker, workers } = this;
    // Where the module cannot be had, the page itself says so.
    this.module.then((module) => worker.postMessage({ type: "init", files: base, module, workers }), () => {});
    this.show(this.shown ?? []);
  }

  /**
   * Computes this experiment; whatever was running is abandoned. `part`: `{from, until}`, the rows that are there already, and where to stop
   * before the end.
   */
  run(experiment, part = {}) {
    if (this.dead) this.restart();
    this.shelve();
    this.busy = true;
    this.wanted = [experiment, part];
    this.post({ type: "run", experiment, pictures: true, ...part });
  }

  /** The worker goes on with this experiment as soon as the current run is over, unless another one is named after it. */
  ahead(experiment) {
    if (!this.busy || this.coming.at(-1)?.experiment === experiment) return;
    this.count += 1;
    this.coming.push({ id: this.count, experiment });
    this.worker.postMessage({ type: "ahead", id: this.count, experiment, pictures: true });
  }

  /** Sends a request that takes the place of all before it. */
  post(request) {
    this.id = this.count += 1;
    this.coming = [];
    this.worker.postMessage({ ...request, id: this.id });
  }

  /** Which tensors of the state are sent along with the rows of a run. */
  show(names) {
    this.shown = names;
    this.worker.postMessage({ type: "show", names });
  }

  /** Stops what is running; nothing more arrives of it. */
  cancel() {
    this.shelve();
    this.busy = false;
    this.post({ type: "cancel" });
    this.next();
  }

  /**
   * Computes an experiment when the engine has nothing better to do: `{rows, engine, adapter}`, all its steps. `progress(share)` is called as
   * its rows come; only a computation that has one can be abandoned.
   */
  compute(experiment, progress) {
    return this.ask({ type: "run", experiment }, progress);
  }

  /** Asks the worker for something else when it has nothing better to do; `request` is `{type}` and what that needs. */
  ask(request, progress) {
    if (this.dead) this.restart();
    return new Promise((resolve, reject) => {
      this.background.push({ request, resolve, reject, progress, engine: "", adapter: "", rows: [], steps: 1 });
      this.next();
    });
  }

  /**
   * What the end of a run says beyond its rows, before any other background job: the engine may still hold this run. `null` where a newer
   * run came first: who still wants it asks again.
   */
  facts(experiment) {
    return new Promise((resolve, reject) => {
      this.background.unshift({ request: { type: "facts", experiment }, resolve, reject, passing: true });
      this.next();
    });
  }

  /** Gives up the background runs that report their progress: they reject. */
  abandon() {
    const jobs = [...this.background, this.current].filter((job) => job?.progress);
    this.background = this.background.filter((job) => !job.progress);
    if (this.current?.progress) {
      this.current = null;
      this.post({ type: "cancel" });
    }
    for (const job of jobs) job.reject(new Error("cancelled"));
    this.next();
  }

  /** The Python program of an experiment: the worker writes it, for it has the images. */
  python(experiment) {
    return this.ask({ type: "python", experiment });
  }

  /** Takes the graphics device away (debug, tests). */
  simulateLoss() {
    this.worker.postMessage({ type: "lose" });
  }

  /** A new worker in place of a dead one. */
  restart() {
    this.worker.terminate();
    this.shelve();
    this.busy = false;
    this.spawn();
  }

  /** Puts the background job back in the row: a newer run takes its place in the worker. */
  shelve() {
    if (this.current) this.background.unshift({ ...this.current, rows: [] });
    this.current = null;
    for (const job of this.background.filter(({ passing }) => passing)) job.resolve(null);
    this.background = this.background.filter(({ passing }) => !passing);
  }

  next() {
    if (this.busy || this.dead || this.current || !this.background.length) return;
    this.current = this.background.shift();
    this.post(this.current.request);
  }

  receive(message) {
    if (message.type === "ready") { this.on.ready?.(message); return; }
    if (message.type === "failed" && message.id === null) {
      this.dead = true;
      this.busy = false;
      this.coming = [];
      this.on.failed(message);
      return;
    }
    if (message.type === "failed" && message.dead) this.dead = true;
    if (message.id !== this.id) {
      // The run that was replaced has taken the worker with it: the newest goes to a new one.
      if (this.dead && this.busy) this.run(...this.wanted);
      return;
    }
    // A worker that could not load a module makes room for one that may try again.
    if (this.dead && message.kind === "file") {
      this.worker.terminate();
      this.spawn();
    }
    if (this.current) { this.receiveBackground(message); return; }
    if (!this.busy) return;
    if (message.type === "failed" || message.over) message.follows = this.follow(message.next);
    this.on[message.type]?.(message);
    this.next();
  }

  /** Goes over to the run that the worker has gone on with, if any; its experiment. */
  follow(number) {
    const next = this.coming.find(({ id }) => id === number);
    this.busy = Boolean(next);
    this.coming = this.coming.filter(({ id }) => next && id > number);
    if (!next) return undefined;
    this.id = number;
    this.wanted = [next.experiment, {}];
    return next.experiment;
  }

  receiveBackground(message) {
    const job = this.current;
    if (message.type === "started") Object.assign(job, message.by, { steps: message.steps });
    // After a fall-back the rows begin at step 0 again.
    if (message.fallback) [job.engine, job.adapter, job.rows] = ["cpu", "", []];
    if (message.type === "rows") {
      job.rows.push(message.rows);
      job.progress?.(message.progress);
    }
    if (message.type === "failed") {
      this.current = null;
      job.reject(Object.assign(new Error(message.message), { file: message.file }));
    } else if (message.type === "given") {
      this.current = null;
      job.resolve(message.value);
    } else if (message.done) {
      this.current = null;
      job.resolve({ rows: joined(job.rows), engine: job.engine, adapter: job.adapter });
    }
    this.next();
  }
}

/** The chunks of a run behind each other. */
function joined(chunks) {
  const rows = new Float64Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    rows.set(chunk, at);
    at += chunk.length;
  }
  return rows;
}
