// Hosts of the figures: canvases that are drawn when something has changed, at most once per frame, with readout and data table.

import { byId, debounce, icon, make, tableParts } from "./elements.js";
import { listen } from "./gestures.js";
import { createMoments } from "./graph.js";

const CLOSER = "M12 7v10M7 12h10";
const FARTHER = "M7 12h10";
const HOME = "M5 12a7 7 0 1 0 2.2-5.1M5 4.5v4h4";
const PICTURE = "M4 6h16v12H4zM4 16l5-5 4 4 2-2 5 4M15.5 9.5v.1";
const ENLARGE = "M14 5h5v5M10 19H5v-5M19 5l-6 6M5 19l6-6";
const HIDE = "m7 7 10 10M17 7 7 17";
const SCALE = "M4 18h16M7 18V9m5 9V5m5 13v-6";

/** plotters knows whole pixels only: below two per CSS pixel its lines would stair-step. */
const LEAST_SCALE = 2;
const MOST_SCALE = 3;

/** How many smaller figures stand beside the large one. */
const BESIDE = 2;

/** The figure that stands in the comparison, not among the others. */
const DIFFERENCE = "difference";

const WALKS = {
  trajectory: "Arrow keys turn it, plus and minus zoom, 0 resets the view.",
  graph: "Arrow keys walk along the units and the weights.",
  map: "Arrow keys walk over it, Enter sets what is pointed out.",
  now: "Arrow keys walk along the values.",
  steps: "Left and right arrow keys walk along the steps, up and down from line to line, Enter goes to that step.",
};

/**
 * `actions`: `goTo(step)` sets the timeline; `viewed()` is called when the view has been turned, `hidden()` when a figure was switched
 * off, `picture(slug)` offers it as a picture, `picked(action)` when a click on a map sets something.
 */
export function createFigures(app, actions) {
  const place = byId("figures");
  const archive = byId("archive");
  let hosts = [];
  let shape = "";
  let hero = null;
  const dirty = new Set();
  let frame = 0;

  /** Builds the figures of the current configuration, where they have changed. */
  function update() {
    for (const one of hosts) one.sync();
    const difference = app.page.difference();
    const wanted = [...app.page.figures().filter(({ shown }) => shown), ...(difference ? [difference] : [])];
    const now = JSON.stringify(wanted);
    if (now === shape) return;
    shape = now;
    const before = hosts;
    // A figure that stays keeps its canvas: nothing flickers, and the focus stays where it is.
    hosts = wanted.map((figure) => before.find(({ slug, kind }) => slug === figure.slug && kind === figure.kind) ?? host(figure));
    hosts.forEach((one, at) => one.caption(wanted[at]));
    for (const one of before.filter((one) => !hosts.includes(one))) {
      one.close();
      dirty.delete(one);
    }
    if (before.length !== hosts.length || before.some((one, at) => one !== hosts[at])) arrange();
    invalidate();
  }

  /** The large figure, up to two beside it (other trajectories, or heat maps), all others below. */
  function arrange() {
    const graphs = hosts.filter(({ kind }) => kind === "graph");
    const trajectories = graphs.length ? graphs : hosts.filter(({ kind }) => kind === "trajectory");
    if (!trajectories.some(({ slug }) => slug === hero)) hero = trajectories[0]?.slug ?? null;
    const others = hosts.filter(({ slug }) => slug !== hero && slug !== DIFFERENCE);
    const small = trajectories.length > 1 ? "trajectory" : "heat";
    const beside = hero ? others.filter(({ kind }) => graphs.length || kind === small).slice(0, BESIDE) : [];
    const below = others.filter((one) => !beside.includes(one));
    for (const one of hosts) {
      one.element.classList.toggle("hero", one.slug === hero);
      one.element.classList.toggle("beside", beside.includes(one));
      one.element.classList.toggle("below", below.includes(one) || one.slug === DIFFERENCE);
    }
    place.dataset.beside = beside.length;
    place.dataset.below = below.length > 1 ? ["even", "odd"][below.length % 2] : ["none", "one"][below.length];
    fill(place, hosts.filter(({ slug }) => slug === hero).concat(beside, below).map(({ element }) => element).concat(archive));
    fill(byId("compare-figure"), hosts.filter(({ slug }) => slug === DIFFERENCE).map(({ element }) => element));
  }

  /** Asks for a new picture of all figures, or of one. */
  function invalidate(slug) {
    for (const one of hosts) if (slug === undefined || one.slug === slug) dirty.add(one);
    if (!frame) frame = requestAnimationFrame(draw);
    words();
  }

  function draw() {
    frame = 0;
    const theme = app.theme.current();
    const hosts = [...dirty];
    dirty.clear();
    for (const one of hosts) one.draw(theme);
  }

  /** Descriptions and tables cost more than pictures: they follow when things have settled. */
  const words = debounce(300, () => { for (const one of hosts) one.describe(); });

  function host({ slug, title, kind }) {
    const canvas = make("canvas", { "aria-hidden": "true" });
    const tip = make("div", { class: "tooltip", hidden: true });
    const summary = make("p", { class: "visually-hidden", id: `summary-${slug}` });
    const spoken = make("div", { class: "visually-hidden", "aria-live": "polite" });
    const isTrajectory = kind === "trajectory";
    const hint = make("p", { class: "visually-hidden", id: `hint-${slug}`, text: WALKS[kind] ?? WALKS.steps });
    const stage = make("div", { class: "stage", tabindex: "0", role: "application", "aria-roledescription": isTrajectory ? "3-D figure" : "chart", "aria-label": title, "aria-describedby": `${summary.id} ${hint.id}` }, canvas, tip);
    const tool = (name, label, path, action) => make("button", { type: "button", class: `icon quiet ${name}`, "aria-label": `${label}: ${title}`, title: label, on: { click: action } }, icon(path));
    const picture = tool("picture", "Save as a picture", PICTURE, () => actions.picture(slug));
    const hide = tool("hide", "Hide this figure", HIDE, () => { app.page.set_figure(slug, false); actions.hidden(); byId("figures").focus({ preventScroll: true }); });
    const follow = kind === "heat" && tool("follow", "Colours span what has happened up to the step", SCALE, () => { app.page.set_heat_follows(!app.page.heat_follows()); scaled(); });
    const turning = isTrajectory && [
      tool("enlarge", "Make this the large figure", ENLARGE, () => { hero = slug; arrange(); invalidate(); stage.focus({ preventScroll: true }); }),
      tool("farther", "Farther", FARTHER, () => view.zoom(1 / 1.2)), tool("closer", "Closer", CLOSER, () => view.zoom(1.2)), tool("home", "Original view", HOME, () => view.reset())];
    const moments = kind === "graph" && createMoments(app, slug, title, (stepped) => { invalidate(); if (stepped) actions.goTo(app.page.step()); else actions.viewed(); });
    const tools = make("div", { class: "tools" }, ...(turning || []), follow || null, picture, slug === DIFFERENCE ? null : hide);
    const data = table(app, slug, title);
    const heading = make("h2");
    const note = make("p", { class: "figure-help" });
    const element = make("figure", { id: `figure-${slug}`, class: `figure ${kind}` },
      make("figcaption", {}, make("div", { class: "caption" }, heading, note), moments ? moments.element : null, tools),
      stage, summary, hint, spoken, data.element);

    let size = { width: 0, height: 0 };
    let readout = null;
    const show = (found) => {
      const same = readout?.step === found?.step && readout?.run === found?.run && readout?.text === found?.text;
      readout = found ?? null;
      tip.hidden = !found;
      if (found && tip.textContent !== found.text) tip.textContent = found.text;
      if (found) position(tip, found, size);
      if (!same) invalidate();
    };
    const say = debounce(250, () => { spoken.textContent = readout?.text ?? ""; });

    /** A click, or Enter: goes to the step that is pointed out, or sets what a map shows there. */
    const act = () => {
      if (!readout) return;
      if (kind === "map") actions.picked((page) => page.pick(slug));
      else actions.goTo(readout.step);
    };
    const leave = () => show(app.page.hover(slug, -1e6, -1e6));
    const pointing = { hover: (x, y) => show(app.page.hover(slug, x, y)), leave, elsewhere: () => { if (readout) leave(); } };
    listen(stage, isTrajectory
      ? { ...view, ...pointing }
      : {
        ...pointing,
        click: act,
        drag: (x, y) => { show(app.page.hover(slug, x, y)); if (readout && kind !== "map") actions.goTo(readout.step); },
        walk: (delta) => { show(app.page.hover_step(slug, delta)); say(); },
        climb: (delta) => { show(app.page.hover_row(slug, delta)); say(); },
        enter: act,
      });

    const resized = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      if (width === size.width && height === size.height) return;
      size = { width, height };
      invalidate(slug);
    });
    resized.observe(stage);

    return {
      slug, kind, element,
      caption(figure) {
        heading.textContent = figure.title;
        note.textContent = figure.help;
        note.title = figure.help;
        stage.setAttribute("aria-label", figure.title);
      },
      draw(theme) {
        // How high a figure reads well depends on its width, its type size and the runs in it; the observer draws it anew if this moves it.
        const least = element.classList.contains("below") && size.width >= 1 ? `${Math.round(app.page.figure_height(slug, size.width, theme))}px` : "";
        if (stage.style.minHeight !== least) stage.style.minHeight = least;
        if (size.width < 1 || size.height < 1) return;
        if (moments) moments.update();
        if (follow) follow.setAttribute("aria-pressed", String(app.page.heat_follows()));
        const scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, devicePixelRatio || 1));
        app.page.draw(slug, canvas, size.width, size.height, scale, theme);
      },
      describe() {
        const text = app.page.describe(slug);
        if (summary.textContent !== text) summary.textContent = text;
        data.update();
      },
      forget() {
        readout = null;
        tip.hidden = true;
      },
      sync: data.sync,
      close: () => resized.disconnect(),
    };
  }

  /** Turning and zooming hold for all trajectories at once. */
  const view = {
    rotate(dyaw, dpitch) { app.page.rotate(dyaw, dpitch); viewed(); },
    zoom(factor) { app.page.zoom(factor); viewed(); },
    reset() { app.page.reset_view(); viewed(); },
  };
  const scaled = () => {
    for (const one of hosts) if (one.kind === "heat") invalidate(one.slug);
    actions.viewed();
  };
  const viewed = () => {
    for (const one of hosts) if (one.kind === "trajectory") invalidate(one.slug);
    actions.viewed();
  };

  // Moving the window to a screen of other density changes no size, but needs new pictures.
  const density = () => matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => { invalidate(); density(); }, { once: true });
  density();

  /** Takes the readouts away: they belong to the run before. */
  const forget = () => { for (const one of hosts) one.forget(); };

  return { update, invalidate, draw, forget, view };
}

/** Puts these elements into a place, and leaves alone what is there already: moved, it would lose the focus. */
function fill(place, elements) {
  if (place.children.length !== elements.length || elements.some((element, at) => place.children[at] !== element)) place.replaceChildren(...elements);
}

/** Puts the readout beside its point, inside the figure. */
function position(tip, { x, y }, { width, height }) {
  const gap = 14;
  const left = x + gap + tip.offsetWidth <= width ? x + gap : x - gap - tip.offsetWidth;
  const top = Math.min(Math.max(4, y - tip.offsetHeight / 2), height - tip.offsetHeight - 4);
  tip.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(Math.max(4, top))}px)`;
}

/** The numbers of a figure as a table, filled only while it is open. */
function table(app, slug, title) {
  const panel = `data-${slug}`;
  const grid = make("table", { "aria-label": `Data of ${title}` });
  const element = make("details", { class: "data", id: panel }, make("summary", { text: "Data table" }), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Data of ${title}` }, grid));
  let shown = "";
  function update() {
    if (!element.open) return;
    const table = app.page.table(slug);
    const now = JSON.stringify(table);
    if (now === shown) return;
    shown = now;
    grid.replaceChildren(...tableParts(table));
  }
  const isOpen = () => app.page.open_panels().includes(panel);
  /** Opens or closes it as the link has it. */
  const sync = () => { element.open = isOpen(); };
  element.addEventListener("toggle", () => {
    update();
    if (isOpen() === element.open) return;
    app.page.set_panel(panel, element.open);
    app.link.changed();
  });
  sync();
  return { element, update, sync };
}
