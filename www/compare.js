// The comparison of two runs: which two, the difference of what they measured, and their settings side by side.

import { byId, icon, make, swatch } from "./elements.js";

const SWAP = "M7 8h12m-4-4 4 4-4 4M17 16H5m4-4-4 4 4 4";
const SAME = "same-settings";

/** `changed()` is called when the reader has chosen something else. */
export function createCompare(app, changed) {
  const place = byId("compare-settings");
  const picks = ["a", "b"].map((name, side) => pick(name, (id) => choose(side, id)));
  const quantity = make("select", { id: "compare-quantity", on: { change: () => { app.page.compare_quantity(quantity.value); update(); changed(); } } });
  const swap = make("button", { type: "button", id: "compare-swap", class: "icon quiet", title: "Swap A and B", "aria-label": "Swap A and B", on: { click: () => choose(0, now.b) } }, icon(SWAP));
  const field = make("label", { class: "pick" }, make("span", { text: "Difference of" }), make("span", { class: "select" }, quantity));
  byId("compare-picks").append(picks[0].element, swap, picks[1].element, field);
  let now = null;
  let shown = "";

  function choose(side, id) {
    app.archive.save([...app.page.compare(side, id)]);
    // What is not possible leaves all as it was, the lists too.
    shown = "";
    app.archive.update();
    update();
    changed();
  }

  /** Shows the comparison anew where it has changed. */
  function update() {
    now = app.page.comparison();
    const text = JSON.stringify(now);
    if (text !== shown) {
      shown = text;
      show();
    }
    app.figures.update();
  }

  function show() {
    const { runs, a, b, waiting, quantities, notes, settings } = now;
    picks[0].show(runs, a, waiting);
    picks[1].show(runs, b, waiting);
    swap.disabled = a === undefined || a === null || b === undefined || b === null;
    options(quantity, quantities.map(({ slug, label }) => ({ value: slug, text: label })), now.quantity);
    field.hidden = !quantities.length;
    byId("compare-picks").hidden = runs.length < 2 && !waiting;
    const empty = byId("compare-empty");
    empty.hidden = settings.length > 0;
    empty.textContent = waiting ? "Computing the runs that this link compares …"
      : runs.length < 2 ? "Nothing to compare yet. Run & Archive keeps the current run; pinned there, it is compared with whatever runs next. Two pinned runs are compared with each other."
        : "Choose a second run, or pin one in the archive: it is compared with the current run. Two pinned runs are compared with each other.";
    byId("compare-notes").replaceChildren(...notes.map((text) => make("li", { text })));
    place.replaceChildren(...table(settings));
  }

  function table(settings) {
    if (!settings.length) return [];
    const different = settings.filter(({ differs }) => differs).length;
    const same = settings.length - different;
    const summary = different === 0 ? "All settings are the same." : `${different} of ${settings.length} settings ${different === 1 ? "differs" : "differ"}.`;
    const isOpen = () => app.page.open_panels().includes(SAME);
    const rows = settings.map(({ label, a, b, differs }) => make("tr", { class: differs ? "differs" : "same", hidden: !differs && !isOpen() },
      make("td", { class: "mark" }, differs ? make("abbr", { title: "differs", text: "≠" }) : make("span", { class: "visually-hidden", text: "same" })),
      make("th", { scope: "row", text: label }), value(a), value(b)));
    const words = () => `${isOpen() ? "Hide" : "Show"} the ${same === 1 ? "one that is" : `${same} that are`} the same`;
    const toggle = make("button", { type: "button", id: "compare-same", class: "quiet", "aria-expanded": String(isOpen()), "aria-controls": "compare-table", text: words(), on: { click: () => {
      app.page.set_panel(SAME, !isOpen());
      toggle.textContent = words();
      toggle.setAttribute("aria-expanded", String(isOpen()));
      for (const row of place.querySelectorAll("tr.same")) row.hidden = !isOpen();
      head.hidden = !different && !isOpen();
      app.link.changed();
    } } });
    const head = make("thead", { hidden: !different && !isOpen() }, make("tr", {}, make("td"), ...["Setting", "A", "B"].map((text) => make("th", { scope: "col", text }))));
    return [
      make("div", { class: "compare-summary" }, make("p", { text: summary }), same ? toggle : null),
      make("table", { id: "compare-table", "aria-label": "Settings of A and B" }, head, make("tbody", {}, ...rows)),
    ];
  }

  return { update };
}

const value = (text) => text === undefined || text === null ? make("td", {}, make("span", { "aria-hidden": "true", text: "–" }), make("span", { class: "visually-hidden", text: "has none" })) : make("td", { text });

/** A list of runs, with the colour of the one chosen. */
function pick(name, chosen) {
  const letter = name.toUpperCase();
  const select = make("select", { id: `compare-${name}`, on: { change: () => chosen(Number(select.value)) } });
  const key = make("span", { class: "key" });
  const element = make("label", { class: "pick run" }, make("abbr", { class: "side", title: `Run ${letter}`, text: letter }), key, make("span", { class: "select" }, select));
  return {
    element,
    show(runs, id, waiting) {
      const run = runs.find((one) => one.id === id);
      key.replaceChildren(...(run ? [swatch(run.colour, run.dash)] : []));
      const none = run ? [] : [{ value: "", text: waiting ? "Computing …" : "Choose a run" }];
      options(select, [...none, ...runs.map((one) => ({ value: String(one.id), text: one.id === 0 ? `Current run: ${one.label}` : one.label }))], run ? String(id) : "");
    },
  };
}

/** Fills a list where it has changed: one that is open stays open. */
function options(select, wanted, chosen) {
  const text = JSON.stringify(wanted);
  if (select.dataset.options !== text) {
    select.dataset.options = text;
    select.replaceChildren(...wanted.map((attributes) => make("option", attributes)));
  }
  select.value = chosen;
}
