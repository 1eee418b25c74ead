// Which figures are shown: a list of all that the lab can draw, by heading, to be switched on and off.

import { byId, make } from "./elements.js";

/** `changed()` is called when figures were switched on or off. Returns `{update}`. */
export function createChooser(app, changed) {
  const element = byId("chooser");
  const panel = byId("chooser-list");
  let shape = "";
  let boxes = new Map();

  function build(figures) {
    boxes = new Map();
    const groups = new Map();
    for (const { slug, title, help, group } of figures) {
      const box = make("input", { type: "checkbox", id: `show-${slug}`, on: { change: () => { app.page.set_figure(slug, box.checked); changed(); } } });
      boxes.set(slug, box);
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(make("label", { class: "check", title: help }, box, make("span", { text: title })));
    }
    panel.replaceChildren(...[...groups].map(([name, labels]) => make("fieldset", {}, make("legend", { text: name }), ...labels)));
  }

  function update() {
    const figures = app.page.figures();
    const now = JSON.stringify(figures.map(({ slug, title, group }) => [slug, title, group]));
    if (now !== shape) {
      shape = now;
      build(figures);
    }
    for (const { slug, shown } of figures) boxes.get(slug).checked = shown;
    const count = figures.filter(({ shown }) => shown).length;
    element.querySelector(".count").textContent = `${count} of ${figures.length}`;
  }

  byId("figures-all").addEventListener("click", () => {
    for (const { slug } of app.page.figures()) app.page.set_figure(slug, true);
    changed();
  });
  byId("figures-reset").addEventListener("click", () => { app.page.reset_figures(); changed(); });
  return { update };
}
