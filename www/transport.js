// Playback of a computed run: play, pause, step, speed, loop and the timeline; and what the engine is doing.

import { byId, calm, enable } from "./elements.js";

/** `actions.stepped(settled)` is called when the step has changed; `settled` is false while playing. */
export function createTransport(app, actions) {
  const timeline = byId("timeline");
  const tip = byId("timeline-tip");
  const play = byId("play");
  const speed = byId("speed");
  const loop = byId("loop");
  const status = byId("run-status");
  let playing = false;
  let frame = 0;
  let due = 0;

  const last = () => Math.max(0, app.page.steps() - 1);
  const isHeld = () => document.body.dataset.state === "held";

  function goTo(step, settled = true) {
    const wanted = Math.min(last(), Math.max(0, step));
    if (!app.page.steps()) return;
    if (wanted !== app.page.step()) {
      app.page.set_step(wanted);
      actions.stepped(settled);
    }
    update();
  }

  /** Brings the timeline and the buttons in line with the run. */
  function update() {
    const steps = app.page.steps();
    const total = Math.max(app.page.total(), steps);
    const step = app.page.step();
    timeline.max = Math.max(1, total - 1);
    timeline.value = step;
    timeline.disabled = steps < 2;
    const share = (part) => `${(100 * part) / Math.max(1, total - 1)}%`;
    timeline.style.setProperty("--filled", share(step));
    timeline.style.setProperty("--there", share(last()));
    timeline.setAttribute("aria-valuetext", steps ? `Step ${step} of ${total - 1}` : "No steps yet");
    const clock = byId("clock");
    clock.querySelector(".now").textContent = steps ? step : "–";
    clock.querySelector(".of").textContent = total ? ` / ${total - 1}` : "";
    play.disabled = steps < 2;
    for (const id of ["first", "step-back"]) enable(byId(id), steps && step > 0, play);
    enable(byId("last"), steps && step < last(), play);
    enable(byId("step-forward"), steps && (step < last() || isHeld()), play);
    byId("reset").disabled = !steps;
  }

  function setPlaying(on) {
    if (on === playing) return;
    playing = on;
    play.setAttribute("aria-pressed", String(on));
    play.dataset.playing = on ? "yes" : "";
    play.title = on ? "Pause (space)" : "Play (space)";
    play.querySelector("span").textContent = on ? "Pause" : "Play";
    cancelAnimationFrame(frame);
    if (!on) return;
    if (app.page.step() >= last()) goTo(0, false);
    due = performance.now() + 1000 / Number(speed.value);
    frame = requestAnimationFrame(tick);
  }

  /** One frame of playing: as many steps as are due; slow machines skip pictures, not time. */
  function tick(now) {
    const pause = 1000 / Number(speed.value);
    if (now - due > 500) due = now;
    let ahead = 0;
    while (due <= now) {
      ahead += 1;
      due += pause;
    }
    if (ahead && app.page.steps()) {
      const step = app.page.step();
      const isRunning = document.body.dataset.state === "running";
      if (step < last()) goTo(step + ahead, false);
      else if (!isRunning && loop.checked) goTo(0, false);
      else if (!isRunning) { pauseAt(); return; }
    }
    frame = requestAnimationFrame(tick);
  }

  function pauseAt() {
    if (!playing) return;
    setPlaying(false);
    actions.stepped(true);
  }

  const step = (delta) => {
    pauseAt();
    // Beyond what is computed lies what has not been computed yet.
    if (delta > 0 && app.page.step() >= last() && isHeld()) actions.further(delta);
    else goTo(app.page.step() + delta);
  };
  const first = () => { pauseAt(); goTo(0); };
  const end = () => { pauseAt(); goTo(last()); };
  const toggle = () => { if (playing) pauseAt(); else if (!play.disabled) setPlaying(true); };

  play.addEventListener("click", toggle);
  byId("step-forward").addEventListener("click", () => step(1));
  byId("step-back").addEventListener("click", () => step(-1));
  byId("first").addEventListener("click", first);
  byId("last").addEventListener("click", end);
  byId("reset").addEventListener("click", () => actions.reset());
  byId("hold").addEventListener("click", () => actions.hold());
  timeline.addEventListener("input", () => { pauseAt(); goTo(Number(timeline.value)); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) pauseAt(); });

  // The tip over the timeline names the step under the pointer.
  timeline.addEventListener("pointermove", (event) => {
    const box = timeline.getBoundingClientRect();
    const thumb = 18;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - thumb / 2) / (box.width - thumb)));
    tip.textContent = `Step ${Math.round(share * Number(timeline.max))}`;
    tip.style.left = `${event.clientX - box.left}px`;
    tip.hidden = timeline.disabled;
  });
  for (const event of ["pointerleave", "pointercancel"]) timeline.addEventListener(event, () => { tip.hidden = true; });

  return {
    update, goTo, step, first, toggle, pause: pauseAt,
    last: end,
    faster(delta) {
      speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + delta));
      app.announce(`${speed.value} steps per second`);
    },
    /** What the engine is doing, in words and as a bar; `hold` are the words of the button that holds it or lets it go on. */
    say(text, { progress = null, hold = "" } = {}) {
      status.textContent = text;
      status.title = text;
      const bar = byId("progress");
      bar.dataset.on = progress === null ? "" : "yes";
      bar.dataset.calm = calm() ? "yes" : "";
      bar.firstElementChild.style.transform = `scaleX(${progress ?? 0})`;
      byId("hold").hidden = !hold;
      if (byId("hold").textContent !== hold) byId("hold").textContent = hold;
    },
  };
}
