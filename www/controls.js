// The settings, generated from what the experiment says about itself; knows nothing of any lab.

import { byId, enable, icon, make } from "./elements.js";

const UNDO = "M5 12a7 7 0 1 0 2.2-5.1M5 4.5v4h4";
const QUESTION = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.7M12 16.6v.1";
const PLUS = "M12 6v12M6 12h12";
const MINUS = "M6 12h12";

/** More choices, or longer words, than this go into a drop-down list. */
const SEGMENTS = 4;
const SEGMENT_LETTERS = 34;

/**
 * `actions`: `set(key, index, value)`, `add(key)`, `remove(key)`. Returns `{update}`; call it after every change of the
 * configuration: it moves the values, and builds anew only when there are other controls.
 */
export function createControls(app, actions) {
  const list = byId("control-list");
  let shape = "";
  let parts = [];
  /** Groups that the reader has closed stay closed when the controls are built anew. */
  const closed = new Set();
  list.addEventListener("submit", (event) => event.preventDefault());

  function update() {
    const controls = app.page.controls();
    const now = JSON.stringify(controls.map((control) => [control.key, control.index, control.kind, control.group, control.label, control.choices?.length]));
    if (now !== shape) {
      shape = now;
      build(controls);
    }
    controls.forEach((control, at) => parts[at].update(control));
    for (const bar of list.querySelectorAll(".list-bar")) updateBar(bar);
  }

  function build(controls) {
    const focused = document.activeElement?.id;
    parts = [];
    const groups = new Map();
    controls.forEach((control, at) => {
      const make = { choice, set: checks }[control.kind] ?? number;
      const part = make(control, actions);
      parts.push(part);
      if (!groups.has(control.group)) groups.set(control.group, []);
      groups.get(control.group).push(part.element);
      const next = controls[at + 1];
      const endsList = control.index !== null && control.index !== undefined && next?.key !== control.key;
      if (endsList) groups.get(control.group).push(bar(control.key));
    });
    list.replaceChildren(...[...groups].map(([name, elements]) => make("details", {
      class: "group", open: !closed.has(name),
      on: { toggle: ({ currentTarget }) => { currentTarget.open ? closed.delete(name) : closed.add(name); } },
    }, make("summary", { text: name }), make("div", { class: "group-body" }, ...elements))));
    if (focused) byId(focused)?.focus({ preventScroll: true });
  }

  /** Buttons that make a list of controls longer or shorter. */
  function bar(key) {
    const step = (name, path, label, action) => make("button", { type: "button", id: `${name}-${key}`, class: "quiet", on: { click: () => action(key) } }, icon(path), make("span", { text: label }));
    return make("div", { class: "list-bar", "data-key": key }, step("remove", MINUS, "Remove layer", actions.remove), step("add", PLUS, "Add layer", actions.add));
  }

  function updateBar(element) {
    const items = app.page.items(element.dataset.key);
    element.hidden = !items;
    if (!items) return;
    const [remove, add] = ["remove", "add"].map((name) => byId(`${name}-${element.dataset.key}`));
    enable(remove, items.count > items.min, add);
    enable(add, items.count < items.max, remove);
  }

  return { update };
}

const idOf = ({ key, index }) => (index === null || index === undefined ? `control-${key}` : `control-${key}-${index}`);

/** Label line of a control: name, explanation on demand, back to the default. */
function head(control, actions, label) {
  const id = idOf(control);
  const help = make("p", { class: "control-help", id: `${id}-help`, text: control.help, hidden: true });
  const ask = control.help && make("button", { type: "button", class: "icon", "aria-expanded": "false", "aria-controls": help.id, "aria-label": `What is “${control.label}”?`, title: control.help, on: { click: () => {
    help.hidden = !help.hidden;
    ask.setAttribute("aria-expanded", String(!help.hidden));
  } } }, icon(QUESTION));
  const undo = make("button", { type: "button", class: "icon undo", id: `${id}-undo`, on: { click: () => actions.set(control.key, control.index, undo.dataset.value) } }, icon(UNDO));
  const update = (now) => {
    undo.dataset.value = String(now.default);
    undo.title = `Back to ${now.default}`;
    undo.setAttribute("aria-label", `${now.label}: back to the default, ${now.default}`);
    const changed = String(now.value) !== String(now.default);
    // Its place stays reserved: nothing moves when it comes and goes.
    undo.classList.toggle("vacant", !changed);
    enable(undo, changed, byId(id));
  };
  return { line: make("div", { class: "control-head" }, label, ask || null, undo), help, update };
}

/** A slider and a number field bound together, or the field alone. */
function number(control, actions) {
  const id = idOf(control);
  const isSlider = control.kind === "slider";
  const label = make("label", { for: id, text: control.label });
  const top = head(control, actions, label);
  const described = control.help ? top.help.id : null;
  const send = (value) => actions.set(control.key, control.index, value);
  const field = make("input", { type: "number", id: isSlider ? `${id}-number` : id, inputmode: "decimal", "aria-label": isSlider ? `${control.label}, as a number` : null, "aria-describedby": described, on: { change: () => send(field.value) } });
  const slider = isSlider && make("input", { type: "range", id, "aria-describedby": described, on: { input: () => {
    // The page's answer may take a moment.
    field.value = slider.value;
    fill();
    send(slider.value);
  } } });
  const fill = () => slider.style.setProperty("--filled", `${(100 * (slider.value - slider.min)) / (slider.max - slider.min || 1)}%`);

  const element = make("div", { class: `control ${control.kind}`, "data-key": control.key }, top.line, make("div", { class: "line" }, slider || null, field), top.help);
  return {
    element,
    update(now) {
      top.update(now);
      for (const input of [slider, field].filter(Boolean)) {
        for (const name of ["min", "max", "step"]) if (input[name] !== String(now[name])) input[name] = now[name];
      }
      if (slider) {
        if (slider.value !== String(now.value)) slider.value = now.value;
        slider.setAttribute("aria-valuetext", now.text);
        fill();
      }
      // While the reader types, the field is theirs; it is set right when they leave it.
      const shown = String(now.text ?? now.value);
      field.value = Number.isFinite(Number(shown)) && shown.trim() !== "" ? shown : now.value;
    },
  };
}

/** A row of buttons where words are few, rows of five where they are digits, else a drop-down list. */
function choice(control, actions) {
  const { choices } = control;
  const letters = choices.reduce((sum, { label }) => sum + label.length, 0);
  if (choices.length <= SEGMENTS && letters <= SEGMENT_LETTERS) return radios(control, actions, "segments");
  if (choices.every(({ label }) => label.length <= 2)) return radios(control, actions, "digits");
  return dropdown(control, actions);
}

function radios(control, actions, look) {
  const { choices } = control;
  const id = idOf(control);
  const top = head(control, actions, make("span", { class: "label", id: `${id}-label`, text: control.label }));
  const inputs = choices.map(({ value }) => make("input", { type: "radio", name: id, id: `${id}-${value}`, value, on: { change: () => actions.set(control.key, control.index, value) } }));
  const note = make("p", { class: "choice-help" });
  const buttons = choices.map(({ label, help }, at) => make("label", { title: help || null }, inputs[at], make("span", { text: label })));
  const set = make("div", { class: look, id, role: "radiogroup", "aria-labelledby": `${id}-label`, "aria-describedby": control.help ? top.help.id : null }, ...buttons);
  const element = make("div", { class: "control", "data-key": control.key }, top.line, set, note, top.help);
  return {
    element,
    update(now) {
      top.update(now);
      for (const input of inputs) input.checked = input.value === String(now.value);
      note.textContent = choices.find(({ value }) => String(value) === String(now.value))?.help ?? "";
      note.hidden = !note.textContent;
    },
  };
}

/** Buttons of which some are pressed, one at least. */
function checks(control, actions) {
  const { choices } = control;
  const id = idOf(control);
  const top = head(control, actions, make("span", { class: "label", id: `${id}-label`, text: control.label }));
  const inputs = choices.map(({ value }) => make("input", { type: "checkbox", id: `${id}-${value}`, value, on: { change: ({ currentTarget }) => {
    const chosen = inputs.filter(({ checked }) => checked);
    // The last one stays: an empty choice means nothing.
    if (!chosen.length) currentTarget.checked = true;
    else actions.set(control.key, control.index, chosen.map((input) => input.value).join("-"));
  } } }));
  const buttons = choices.map(({ label, help }, at) => make("label", { title: help || null }, inputs[at], make("span", { text: label })));
  const set = make("div", { class: "digits", id, role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": control.help ? top.help.id : null }, ...buttons);
  return {
    element: make("div", { class: "control", "data-key": control.key }, top.line, set, top.help),
    update(now) {
      top.update(now);
      const chosen = String(now.value).split("-");
      for (const input of inputs) input.checked = chosen.includes(input.value);
    },
  };
}

function dropdown(control, actions) {
  const id = idOf(control);
  const top = head(control, actions, make("label", { for: id, text: control.label }));
  const note = make("p", { class: "choice-help", id: `${id}-choice` });
  const select = make("select", { id, "aria-describedby": note.id, on: { change: () => actions.set(control.key, control.index, select.value) } },
    ...control.choices.map(({ value, label }) => make("option", { value, text: label })));
  const element = make("div", { class: "control", "data-key": control.key }, top.line, make("div", { class: "select wide" }, select), note, top.help);
  return {
    element,
    update(now) {
      top.update(now);
      select.value = String(now.value);
      note.textContent = control.choices.find(({ value }) => String(value) === String(now.value))?.help ?? "";
      note.hidden = !note.textContent;
    },
  };
}
