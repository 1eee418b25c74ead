// Starts the page of the single file, which carries its modules and files as text.
//
// A module may import only by address, so each becomes a `blob:` address, after those that it refers to.
// Chromium lets no page on a disk start a module worker from such an address, nor a worker import an address made by the page.
// Hence a worker here is a classic script, this function again, that makes its own addresses and imports by them.
(function begin(modules, packed, entries) {
  const inPage = typeof document === "object";

  // The files by name, each decoded when it is asked for; whoever asks may keep or transfer it.
  const decode = (base64) =>
    Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  globalThis.ENTROSCOPE_FILES = {};
  for (const name of Object.keys(packed)) {
    Object.defineProperty(ENTROSCOPE_FILES, name, { enumerable: true, get: () => decode(packed[name]) });
  }

  const addressOf = (source) => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const once = (make) => {
    const made = new Map();
    return (number) => made.get(number) ?? made.set(number, make(number)).get(number);
  };
  // In a module's parts a number stands for the address of another module, `{worker}` for that of a worker.
  const moduleAt = once((number) => addressOf(modules[number].map(filledIn).join("")));
  const workerAt = once((number) => {
    const address = addressOf(`(${begin})(${JSON.stringify(modules)}, ${JSON.stringify(packed)}, [${number}]);`);
    workers.add(address);
    return address;
  });
  const filledIn = (part) => {
    if (typeof part === "string") return part;
    return JSON.stringify(typeof part === "number" ? moduleAt(part) : workerAt(part.worker));
  };
  const workers = new Set();
  globalThis.Worker = class extends Worker {
    constructor(address, options) {
      super(address, workers.has(String(address)) ? { ...options, type: "classic" } : options);
    }
  };

  // A message that comes before the worker's modules have run waits for them.
  const early = [];
  const keep = (event) => {
    event.stopImmediatePropagation();
    early.push(event);
  };
  if (!inPage) addEventListener("message", keep);
  const started = entries.reduce((before, number) => before.then(() => import(moduleAt(number))), Promise.resolve());
  started.then(
    () => {
      if (inPage) return;
      removeEventListener("message", keep);
      for (const { data, ports } of early) dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
    },
    (error) => {
      if (inPage) {
        const message = document.createElement("p");
        message.setAttribute("role", "alert");
        message.textContent = `Entroscope could not start: ${error}`;
        document.body.prepend(message);
      }
      // Thrown outside the promise, where `onerror` hears of it, here and in the page of a worker.
      setTimeout(() => { throw error; });
    },
  );
})(
  ...["modules", "files", "entries"].map((name) => JSON.parse(document.getElementById(`entroscope-${name}`).textContent)),
);
