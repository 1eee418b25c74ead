// A pad to draw a digit on, by mouse, finger, pen or keys. It keeps its own strokes; the image is made of them, never of pixels.

import { make } from "./elements.js";

const SVG = "http://www.w3.org/2000/svg";
/** How far an arrow key moves the pen, in sides of the pad. */
const STEP = 1 / 24;

/** `changed()` is called after every change of the strokes. Returns `{element, strokes, undo, clear, isEmpty}`. */
export function createPad(changed) {
  /** Lines through points `[x, y]`, each 0 to 1. */
  const strokes = [];
  const ink = document.createElementNS(SVG, "g");
  const pen = document.createElementNS(SVG, "circle");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 1 1");
  svg.setAttribute("aria-hidden", "true");
  pen.setAttribute("r", "0.05");
  pen.setAttribute("class", "pad-pen");
  svg.append(ink, pen);
  const spoken = make("span", { class: "visually-hidden", "aria-live": "polite" });
  const element = make("div", {
    class: "pad", id: "pad", tabindex: "0", role: "application", "aria-roledescription": "drawing pad", "aria-label": "Draw a digit", "aria-describedby": "pad-keys",
  }, svg, spoken);

  /** Pointers that are drawing, by id, with their strokes. */
  const drawing = new Map();
  /** The keyboard's pen: where it is, and its stroke while it is down. */
  const keys = { at: [0.5, 0.5], stroke: null };

  const line = (stroke) => stroke.map((point) => point.map((along) => along.toFixed(4)).join(",")).join(" ");

  /** Shows the strokes; a single point as a line of no length, which a round pen makes a dot. */
  function show() {
    while (ink.childNodes.length > strokes.length) ink.lastChild.remove();
    strokes.forEach((stroke, at) => {
      const shown = ink.childNodes[at] ?? ink.appendChild(document.createElementNS(SVG, "polyline"));
      const points = line(stroke.length > 1 ? stroke : [stroke[0], stroke[0]]);
      if (shown.getAttribute("points") !== points) shown.setAttribute("points", points);
    });
    pen.setAttribute("cx", keys.at[0]);
    pen.setAttribute("cy", keys.at[1]);
    element.dataset.pen = keys.stroke ? "down" : "up";
  }

  function update() {
    show();
    changed();
  }

  function place({ clientX, clientY }) {
    const { left, top, width, height } = svg.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height].map((along) => Math.min(1, Math.max(0, along)));
  }

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    const stroke = [place(event)];
    strokes.push(stroke);
    drawing.set(event.pointerId, stroke);
    keys.stroke = null;
    update();
  });
  element.addEventListener("pointermove", (event) => {
    const stroke = drawing.get(event.pointerId);
    if (!stroke) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) stroke.push(place(one));
    update();
  });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, ({ pointerId }) => drawing.delete(pointerId));

  const lift = () => { keys.stroke = null; };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key in moves) {
      const far = event.shiftKey ? 3 : 1;
      keys.at = keys.at.map((along, axis) => Math.min(1, Math.max(0, along + far * STEP * moves[key][axis])));
      if (keys.stroke) {
        keys.stroke.push(keys.at);
        update();
      } else show();
    } else if (key === " ") {
      if (event.repeat) return event.preventDefault();
      if (keys.stroke) lift();
      else strokes.push(keys.stroke = [keys.at]);
      spoken.textContent = keys.stroke ? "Pen down" : "Pen up";
      update();
    } else if (key === "Backspace") undo();
    else if (key === "Delete") clear();
    else if (key === "Escape" && keys.stroke) {
      lift();
      show();
    } else return;
    event.preventDefault();
  });
  element.addEventListener("blur", () => { lift(); show(); });

  function undo() {
    strokes.pop();
    lift();
    update();
  }

  function clear() {
    strokes.length = 0;
    drawing.clear();
    lift();
    update();
  }

  show();
  return {
    element, undo, clear,
    isEmpty: () => strokes.length === 0,
    /** All points as x and y in turn, and the number of points of each stroke. */
    strokes: () => ({ points: Float64Array.from(strokes.flat(2)), lengths: Uint32Array.from(strokes, ({ length }) => length) }),
  };
}
