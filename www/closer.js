// The closer look below the figures: findings in words and small tables. Asks the engine for what they lack, while it is open.

import { byId, debounce, make, tableParts } from "./elements.js";

/** How long things must rest (ms) before the engine is asked: a slider that moves has its runs first. */
const REST = 400;

/** Creates the panel: `update` shows what `app.page` finds now. */
export function createCloser(app) {
  const panel = byId("closer");
  let shown = "";
  /** Experiments whose facts could not be had: not asked for again, or a lost device would be asked for ever. */
  const failed = new Map();
  let asking = false;

  function update() {
    const { findings, wants } = app.page.closer();
    panel.hidden = !findings.length;
    // Nothing is wanted of a run that has just begun: it gets another chance.
    if (!wants.length) failed.clear();
    if (!panel.open || panel.hidden) return;
    const lost = wants.map((experiment) => failed.get(experiment)).filter(Boolean);
    const now = JSON.stringify([findings, lost]);
    if (now !== shown) {
      shown = now;
      byId("findings").replaceChildren(...lost.slice(0, 1).map((text) => make("p", { class: "empty", text })), ...findings.map(section));
    }
    if (wants.some((experiment) => !failed.has(experiment))) ask();
  }

  const ask = debounce(REST, async () => {
    const { page } = app;
    const experiment = panel.open && !asking && document.body.dataset.state !== "running" && page.closer().wants.find((one) => !failed.has(one));
    if (!experiment) return;
    asking = true;
    try {
      const facts = await app.engine.facts(experiment);
      if (facts && app.page === page) {
        app.archive.save([...page.take_facts(experiment, facts)]);
      }
    } catch (error) {
      failed.set(experiment, `What is missing here could not be computed: ${error.message || error}`);
    }
    asking = false;
    update();
  });

  panel.addEventListener("toggle", update);
  return { update };
}

function section({ slug, title, text, table }) {
  return make("section", { id: `closer-${slug}`, "aria-labelledby": `closer-${slug}-title` },
    make("h3", { id: `closer-${slug}-title`, text: title }),
    ...text.map((paragraph) => make("p", { text: paragraph })),
    table?.rows.length ? grid(title, table) : null);
}

function grid(title, table) {
  const label = `Numbers: ${title}`;
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, make("table", { "aria-label": label }, ...tableParts(table)));
}
