// Small helpers that make DOM elements, so that no module builds markup from strings.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** Makes an element; `attributes` may hold `on: {event: listener}`, `text`, properties starting with a dot, and plain attributes. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "text") element.textContent = value;
    else if (name.startsWith(".")) element[name.slice(1)] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** Switches a button on or off; a focus that it would lose goes to `next`. */
export function enable(button, on, next) {
  if (!on && document.activeElement === button) next?.focus({ preventScroll: true });
  button.disabled = !on;
}

/** Head and body of a table of texts; the first cell of a row names it. */
export const tableParts = ({ head, rows }) => [
  make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col", text })))),
  make("tbody", {}, ...rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row", text: first }), ...rest.map((text) => make("td", { text }))))),
];

const SVG = "http://www.w3.org/2000/svg";

/** A 24 x 24 icon of one path, hidden from screen readers: the button around it carries the name. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** A short piece of line in a run's colour and dash: the key of a legend. */
export function swatch(colour, dash) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 28 8");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", "M1 4H27");
  line.setAttribute("stroke", colour);
  if (dash && dash.length) line.setAttribute("stroke-dasharray", String(dash));
  svg.append(line);
  return svg;
}

/** Calls `action` once, `wait` ms after the last request. `now` runs a waiting one at once. */
export function debounce(wait, action) {
  let timer = 0;
  const request = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; action(); }, wait);
  };
  request.now = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    action();
  };
  return request;
}

/** Calls `action` at once, but for what is asked for within `wait` ms of the last time: of that once, at their end or by `now()`. */
export function paced(wait, action) {
  let timer = 0;
  let asked = false;
  const request = () => {
    asked = true;
    if (!timer) act();
  };
  const act = () => {
    timer = 0;
    if (!asked) return;
    asked = false;
    timer = setTimeout(act, wait);
    action();
  };
  request.now = () => {
    clearTimeout(timer);
    act();
  };
  return request;
}

/** Saves a file. */
export function saveFile(name, blob) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** The reader asked for less motion. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
