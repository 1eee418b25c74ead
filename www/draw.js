// The panel "Draw a digit": an image drawn or taken, and what each layer of a run answers to it. Loaded when it is opened.

import { byId, make } from "./elements.js";
import { createPad } from "./pad.js";
import { Answering, drawn_image } from "./pkg/entroscope.js";

const SIDE = 28;
/** Neurons side by side in a strip. */
const STRIP = 32;

export function createDraw(app) {
  const pad = createPad(() => { sample = null; dirty(true); });
  /** An image taken from the data, `{bytes, text}`, in place of a drawing. */
  let sample = null;
  /** The network that answers, and the run and step that it belongs to. */
  let network = null;
  let wanted = "";
  let asking = false;

  const preview = make("canvas", { id: "draw-preview", class: "pixels", width: SIDE, height: SIDE, role: "img" });
  const source = make("p", { id: "draw-source", class: "entry-detail" });
  const tool = (id, text, action) => make("button", { type: "button", id, text, on: { click: action } });
  const undo = tool("draw-undo", "Undo", () => pad.undo());
  const clear = tool("draw-clear", "Clear", () => { sample = null; pad.clear(); });
  const digit = make("select", { id: "draw-digit", "aria-label": "Digit" }, ...Array.from({ length: 10 }, (_, at) => make("option", { value: at, text: at })));
  const number = make("input", { type: "number", id: "draw-number", min: 1, value: 1, inputmode: "numeric", "aria-label": "Number of the image among the digit’s images", on: { keydown: (event) => { if (event.key === "Enter") take(); } } });
  const runs = make("select", { id: "draw-run", on: { change: update } });
  const step = make("p", { id: "draw-step", class: "entry-detail" });
  const words = make("p", { id: "draw-words" });
  const layers = make("div", { id: "draw-layers", class: "draw-layers" });
  const outputs = make("div", { id: "draw-outputs" });
  const note = make("p", { class: "entry-detail" });

  byId("draw-panel").replaceChildren(
    make("div", { class: "draw-tools" },
      pad.element,
      make("div", { class: "draw-side" },
        make("div", { class: "own-tools" }, undo, clear),
        make("p", { id: "pad-keys", class: "entry-detail", text: "By keys: arrows move the pen (with Shift farther), space lowers and lifts it, Backspace takes the last stroke back, Delete clears." }),
        make("div", { class: "own-tools" },
          make("span", { text: "Or take image" }), number, make("span", { text: "of digit" }), make("span", { class: "select" }, digit), tool("draw-take", "Take it", take)),
        make("div", { class: "draw-image" }, preview, source))),
    make("div", { class: "own-tools" }, make("label", { for: "draw-run", text: "Answered by" }), make("span", { class: "select" }, runs)),
    step, words, layers, outputs, note);

  /** Draws numbers from 0 to 1 as grey pixels, row by row. */
  function paint(canvas, values, columns) {
    const rows = Math.ceil(values.length / columns);
    if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
    const picture = new ImageData(columns, rows);
    values.forEach((value, at) => picture.data.set([value * 255, value * 255, value * 255, 255], 4 * at));
    canvas.getContext("2d").putImageData(picture, 0, 0);
  }

  let frame = 0;
  let isNew = false;
  /** Another network, or another image: it is answered in the next frame, and to a new image the answer is spoken. */
  function dirty(ofImage) {
    isNew ||= Boolean(ofImage);
    frame ||= requestAnimationFrame(() => { frame = 0; answer(); });
  }

  function image() {
    if (sample) return sample.bytes;
    const { points, lengths } = pad.strokes();
    return drawn_image(points, lengths);
  }

  function answer() {
    const bytes = image();
    const isThere = sample !== null || !pad.isEmpty();
    paint(preview, Array.from(bytes, (byte) => byte / 255), SIDE);
    source.textContent = sample ? sample.text : isThere ? "Your drawing, scaled and centred as MNIST’s images are: 28×28 pixels." : "Nothing is drawn yet.";
    preview.setAttribute("aria-label", source.textContent);
    undo.disabled = pad.isEmpty();
    clear.disabled = !isThere;
    const found = isThere && network ? network.answering.answer(bytes) : null;
    layers.hidden = outputs.hidden = words.hidden = !found;
    if (!found) return;
    words.textContent = found.words;
    if (isNew) app.announce(found.words);
    isNew = false;
    showLayers(found.layers);
    showOutputs(found.outputs);
  }

  function showLayers(answered) {
    if (layers.children.length !== answered.length) {
      layers.replaceChildren(...answered.map(() => make("figure", {}, make("figcaption"), make("canvas", { class: "pixels", role: "img" }))));
    }
    answered.forEach(({ label, text, shades, across }, at) => {
      const [caption, canvas] = layers.children[at].children;
      caption.replaceChildren(make("strong", { text: label }), ` ${text}`);
      canvas.setAttribute("aria-label", `Answers of ${label}, a cell for each neuron, the brighter the more: ${text}`);
      const columns = Math.min(across || STRIP, shades.length);
      paint(canvas, shades, columns);
      canvas.style.setProperty("--share", Math.min(1, columns / STRIP));
    });
  }

  function showOutputs(answered) {
    const told = app.page.answer_words();
    const row = ({ decision, text, mean, mean_text, difference_text, largest, mean_largest }, at) => {
      const bar = make("div", { class: "bar", "aria-hidden": "true" }, make("span"), make("i"));
      bar.style.setProperty("--value", `${100 * decision}%`);
      bar.style.setProperty("--mean", `${100 * mean}%`);
      return make("tr", { class: largest ? "largest" : "" }, make("th", { scope: "row", text: at }), make("td", {}, bar),
        make("td", { text: largest ? `${text}, largest` : text }), make("td", { text: mean_largest ? `${mean_text}, largest` : mean_text }), make("td", { text: difference_text }));
    };
    outputs.replaceChildren(
      make("p", { class: "entry-detail", text: told.outputs }),
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Outputs of the last layer" },
      make("table", { "aria-label": "Outputs of the last layer" },
        make("thead", {}, make("tr", {}, ...["Output", "0 to 1", "This image", told.beside, "Difference"].map((text) => make("th", { scope: "col", text })))),
        make("tbody", {}, ...answered.map(row)))));
  }

  /** Takes an image from the data that the current experiment learns from. */
  async function take() {
    const request = { type: "image", experiment: app.page.experiment(), digit: Number(digit.value), number: Math.max(0, Math.trunc(number.valueAsNumber || 0)) };
    try {
      const bytes = await app.engine.ask(request);
      pad.clear();
      sample = { bytes, text: `Image ${request.number} of digit ${request.digit}, from the ${app.page.data().text}.` };
      dirty(true);
    } catch (error) {
      source.textContent = error.message;
      app.announce(error.message);
    }
  }

  /** Runs that may answer: the current one and the archive's, at the timeline's step. */
  function listed() {
    const at = app.page.step();
    return [{ id: "current", label: "the current run", link: app.page.experiment(), step: at },
      ...app.page.archive().map(({ id, label, link }) => ({ id: String(id), label, link, step: at }))];
  }

  /** Something has changed: another run, another step, another archive. */
  function update() {
    // While a run is on its way, the settings and the steps belong to two; its end comes back here.
    if (!byId("draw").open || document.body.dataset.state === "running") return;
    note.textContent = app.page.answer_words().note;
    const entries = listed();
    const chosen = entries.find(({ id }) => id === runs.value) ?? entries[0];
    if (JSON.stringify(entries.map(({ id, label }) => [id, label])) !== runs.dataset.shape) {
      runs.dataset.shape = JSON.stringify(entries.map(({ id, label }) => [id, label]));
      runs.replaceChildren(...entries.map(({ id, label }) => make("option", { value: id, text: label })));
      runs.value = chosen.id;
    }
    const key = JSON.stringify([chosen.link, chosen.step]);
    if (key === wanted) return;
    wanted = key;
    ask(chosen);
  }

  /** Asks for the network of a run's step: one request at a time, and at last the newest. */
  async function ask(chosen) {
    if (asking) return;
    asking = true;
    const key = wanted;
    try {
      const { step: at, state, row } = await app.engine.ask({ type: "network", experiment: chosen.link, step: chosen.step });
      const answering = Answering.of(chosen.link, state, row);
      network?.answering.free();
      network = answering ? { answering } : null;
      step.textContent = answering
        ? `Step ${at} of ${chosen.label}, computed again from its link. ${app.page.answer_words().state}`
        : "The runs of this lab answer no single images.";
    } catch (error) {
      network?.answering.free();
      network = null;
      step.textContent = `This run cannot answer: ${error.message}`;
      // Asked again at the next change: what is missing may have come.
      if (key === wanted) wanted = "";
    }
    asking = false;
    dirty();
    if (!wanted || key === wanted) return;
    wanted = "";
    update();
  }

  dirty();
  update();
  return { update };
}
