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

const WAYS = {
  async first() {
    return { ms: (await open("")).ms };
  },

  /** A slider that moves in every frame for three seconds: runs that are complete and drawn, per second. */
  async slider({ engine }) {
    const { window } = await open(`engine=${engine}`);
    const slider = [...window.document.querySelectorAll("input[type=range]")].find(({ id }) => id.endsWith("tau"));
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
    return { per_second: pictures / seconds, note: `${(runs / seconds).toFixed(0)} runs` };
  },

  /** Three trajectories with ten archived runs, turned in every frame for three seconds. */
  async rotation() {
    const { window } = await open("");
    const { document } = window;
    const slider = [...document.querySelectorAll("input[type=range]")].find(({ id }) => id.endsWith("tau"));
    for (let run = 0; run < 10; run++) {
      slider.value = 0.2 + 0.05 * run;
      slider.dispatchEvent(new window.Event("input", { bubbles: true }));
      await settled(window);
      document.getElementById("archive-run").click();
      while (window.entroscope.page.archive().length <= run) await next(window);
    }
    const stage = document.querySelector(".figure.trajectory .stage");
    const trajectories = document.querySelectorAll(".figure.trajectory").length;
    const box = stage.getBoundingClientRect();
    let x = box.x + 20;
    const send = (type) => stage.dispatchEvent(new window.PointerEvent(type, { pointerId: 1, isPrimary: true, button: 0, buttons: 1, clientX: x, clientY: box.y + 40, bubbles: true }));
    stage.setPointerCapture = () => {};
    send("pointerdown");
    const work = [];
    const began = performance.now();
    let frames = 0;
    while (performance.now() - began < 3000) {
      x += 2;
      send("pointermove");
      await next(window);
      const drawn = performance.now();
      // Asked for after the page's own callback: its drawing lies between the two.
      await Promise.resolve();
      work.push(performance.now() - drawn);
      frames += 1;
    }
    send("pointerup");
    const per_second = (frames * 1000) / (performance.now() - began);
    for (const { id } of window.entroscope.page.archive()) window.entroscope.page.archive_remove?.(id);
    document.getElementById("archive-clear").click();
    return { per_second, note: `${trajectories} trajectories` };
  },

  async memory() {
    await open("");
    if (!self.crossOriginIsolated || !performance.measureUserAgentSpecificMemory) return { missing: "the browser does not tell" };
    const { breakdown } = await performance.measureUserAgentSpecificMemory();
    const own = breakdown.filter(({ attribution }) => attribution.some(({ url }) => url.includes("/page/")));
    return { megabytes: own.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6 };
  },
};

export async function run(what, way) {
  try {
    return await WAYS[way](what);
  } finally {
    frame.remove();
  }
}
