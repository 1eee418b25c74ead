// What a graph can show: which sample, and which phase of a step; and the way through a run phase by phase.

import { icon, make } from "./elements.js";

const NEXT = "M6 6l6 6-6 6M13 6l6 6-6 6";

/** `changed(stepped)` is called when another sample or phase is shown, `stepped` when the timeline has moved. Returns `{element, update}`. */
export function createMoments(app, slug, title, changed) {
  const sample = make("select", { id: `sample-${slug}`, "aria-label": `Sample: ${title}`, on: { change: () => { app.page.set_sample(sample.selectedIndex); changed(false); } } });
  const phase = make("select", { id: `phase-${slug}`, "aria-label": `Phase: ${title}`, on: { change: () => { app.page.set_phase(phase.selectedIndex); changed(false); } } });
  const next = make("button", { type: "button", class: "icon quiet", id: `next-${slug}`, "aria-label": `Next phase: ${title}`, title: "Next phase", on: { click: () => {
    const before = app.page.step();
    app.page.next_phase();
    changed(app.page.step() !== before);
  } } }, icon(NEXT));
  const element = make("div", { class: "moments" }, make("div", { class: "select" }, sample), make("div", { class: "select" }, phase), next);
  let shape = "";

  function update() {
    const moments = app.page.moments();
    element.hidden = !moments;
    if (!moments) return;
    const now = JSON.stringify([moments.samples, moments.phases]);
    if (now !== shape) {
      shape = now;
      sample.replaceChildren(...moments.samples.map((text) => make("option", { text })));
      phase.replaceChildren(...moments.phases.map(({ label }) => make("option", { text: label })));
    }
    sample.selectedIndex = moments.sample;
    phase.selectedIndex = moments.phase;
    phase.title = moments.phases[moments.phase]?.help ?? "";
    phase.parentElement.hidden = moments.phases.length < 2;
    next.hidden = moments.phases.length < 2;
  }

  return { element, update };
}
