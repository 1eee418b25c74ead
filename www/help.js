// The help dialog: how to read the page, and all keys.

import { byId, make } from "./elements.js";

const KEYS = [
  ["Playback", [
    [["Space"], "play and pause"],
    [["←"], ["→"], "one step back, forward (with Shift: ten)"],
    [["Home"], ["End"], "first, last step"],
    [["R"], "reset: first step, original view"],
    [["["], ["]"], "slower, faster"],
  ]],
  ["Figures (with the focus on one: press Tab until it has a ring)", [
    [["←"], ["→"], ["↑"], ["↓"], "turn a trajectory"],
    [["←"], ["→"], "walk along the points of the curves; Enter goes to that step"],
    [["+"], ["−"], "closer, farther (also Ctrl and wheel, or two fingers)"],
    [["0"], "original view"],
    [[","], ["."], "one step back, forward"],
  ]],
  ["Page", [
    [["A"], "run and archive"],
    [["C"], "copy the link"],
    [["E"], "export numbers and pictures, save or open a state, check a recorded run"],
    [["T"], "next theme: auto, light, dark, projector"],
    [["Esc"], "stop a computation, close a panel"],
    [["G"], "go on with a stopped computation"],
    [["?"], "this help"],
  ]],
];

const TEXT = [
  "Choose a digit and the sizes of the layers on the left: every change is computed at once. The large figure shows how the entropy of three layers moves, step by step, through space; drag it to turn it. The curves below show the same, layer by layer.",
  "The address of the page always holds the whole experiment, the step and the view: Copy link, and whoever opens it sees the same numbers. Everything is computed on this device; nothing is sent anywhere.",
];

const STORE = "entroscope-keys";

/** Creates the dialog; returns `{open, keysOn}`. */
export function createHelp() {
  const dialog = byId("help-dialog");
  let keysOn = true;
  try {
    keysOn = localStorage.getItem(STORE) !== "off";
  } catch {
    // Without storage the keys are simply on.
  }
  const toggle = make("input", { type: "checkbox", id: "keys-on", ".checked": keysOn, on: { change: () => {
    keysOn = toggle.checked;
    try {
      localStorage.setItem(STORE, keysOn ? "on" : "off");
    } catch {
      // Lasts until the page is closed.
    }
  } } });
  const close = make("button", { type: "button", id: "help-close", class: "primary", text: "Close", on: { click: () => dialog.close() } });

  dialog.append(
    make("h2", { id: "help-title", tabindex: "-1", autofocus: true, text: "Help" }),
    ...TEXT.map((text) => make("p", { text })),
    ...KEYS.map(([title, rows]) => make("section", {}, make("h3", { text: title }), make("dl", {}, ...rows.map(row)))),
    make("label", { class: "check" }, toggle, make("span", { text: "Single letters and signs work as keys" })),
    make("form", { method: "dialog" }, close));
  // A click beside the dialog closes it.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  const open = () => { if (!dialog.open) dialog.showModal(); };
  byId("help").addEventListener("click", open);
  return { open, keysOn: () => keysOn };
}

function row(parts) {
  const text = parts[parts.length - 1];
  const keys = parts.slice(0, -1).map(([key]) => make("kbd", { text: key }));
  return make("div", {}, make("dt", {}, ...keys), make("dd", { text }));
}
