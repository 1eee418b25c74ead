// The page itself, in a frame: how long until its first picture, how fast it follows a slider, how fast it turns its trajectories.

const frame = document.createElement("iframe");
Object.assign(frame.style, { width: "1280px", height: "900px", border: "0" });
const next = (window) => new Promise((resolve) => window.requestAnimationFrame(resolve));

/** Opens the page anew, and returns its window once the first run is shown. */
async function open(fragment) {
  frame.remove();
  frame.src = `./page/index.html?${Math.random()}#${fragment}`;
  const began = performance.now();
  document.body.append(frame);
  await new Promise((resolve) => { frame.onload = resolve; });
  const window = frame.contentWindow;
  while (window.document.body.dataset.state !== "done") {
    if (window.document.body.dataset.state === "error") throw new Error("the page shows an error");
    await next(window);
  }
  // Drawn in the next frame, on the screen by the one after it.
  await next(window);
  await next(window);
  return { window, ms: performance.now() - began };
}

const settled = async (window) => {
  do await next(window); while (window.document.body.dataset.state !== "done");
};

const learningBudget = (document) => [...document.querySelectorAll("input[type=range]")].find(({ id }) => id.endsWith("tau"));

/** Adds up what the page's own callbacks of frames take. */
function timed(window) {
  const script = { ms: 0 };
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => ask((time) => {
    const began = performance.now();
    draw(time);
    script.ms += performance.now() - began;
  });
  return script;
}

const WAYS = {
  async first() {
    return { value: (await open("engine=cpu")).ms, unit: "ms" };
  },

  /** A slider that moves in every frame for three seconds: runs that are complete and drawn, per second. */
  async slider() {
    const { window } = await open("engine=cpu");
    const slider = learningBudget(window.document);
    const on = window.entroscope.engine.on;
    const { rows } = on;
    let [runs, pictures] = [0, 0];
    on.rows = (message) => { if (message.done) runs += 1; rows(message); };
    const began = performance.now();
    let shown = 0;
    for (let at = 0; performance.now() - began < 3000; at++) {
      slider.value = 0.2 + 0.01 * (at % 40);
      slider.dispatchEvent(new window.Event("input", { bubbles: true }));
      await next(window);
      // A run that has come is drawn in the frame after it.
      if (runs > shown) pictures += 1;
      shown = runs;
    }
    const seconds = (performance.now() - began) / 1000;
    on.rows = rows;
    await settled(window);
    return { value: pictures / seconds, unit: "per second", note: `${(runs / seconds).toFixed(0)} runs a second` };
  },

  /** Three trajectories with ten archived runs, turned in every frame for three seconds. */
  async rotation() {
    const { window } = await open("engine=cpu");
    const { document, entroscope } = window;
    const slider = learningBudget(document);
    for (let run = 0; run < 10; run++) {
      slider.value = 0.2 + 0.05 * run;
      slider.dispatchEvent(new window.Event("input", { bubbles: true }));
      await settled(window);
      document.getElementById("archive-run").click();
      while (entroscope.page.archive().length <= run) await next(window);
    }
    const trajectories = document.querySelectorAll(".figure.trajectory").length;
    const script = timed(window);
    const stage = document.querySelector(".figure.trajectory .stage");
    const box = stage.getBoundingClientRect();
    // No finger holds this pointer.
    stage.setPointerCapture = () => {};
    let x = box.x + 20;
    const send = (type) => stage.dispatchEvent(new window.PointerEvent(type, { pointerId: 1, isPrimary: true, button: 0, buttons: 1, clientX: x, clientY: box.y + 40, bubbles: true }));
    send("pointerdown");
    const began = performance.now();
    let frames = 0;
    for (; performance.now() - began < 3000; frames++) {
      x += 2;
      send("pointermove");
      await next(window);
    }
    const ms = performance.now() - began;
    send("pointerup");
    const note = `${trajectories} trajectories, ${(script.ms / frames).toFixed(1)} ms of script a frame`;
    document.getElementById("archive-clear").click();
    return { value: (1000 * frames) / ms, unit: "per second", note };
  },

  async memory() {
    await open("engine=cpu");
    if (!self.crossOriginIsolated || !performance.measureUserAgentSpecificMemory) return { missing: "the browser does not tell" };
    const { breakdown } = await performance.measureUserAgentSpecificMemory();
    const own = breakdown.filter(({ attribution }) => attribution.some(({ url }) => url.includes("/page/")));
    return { value: own.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6, unit: "MB" };
  },
};

export async function run(what, way) {
  try {
    return await WAYS[way](what);
  } finally {
    frame.remove();
  }
}
