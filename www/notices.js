// Messages to the reader: a dismissible list, and the screen that is shown when the program itself has failed.

import { byId, icon, make } from "./elements.js";
import { copied } from "./link.js";

const CROSS = "m6 6 12 12M18 6 6 18";

export function createNotices() {
  const list = byId("notices");
  /** Notices that may be replaced by a newer one of the same key. */
  const keyed = new Map();

  /**
   * Shows a message. `kind` is info, warning or error; `lines` is the detail; `key` replaces an older notice of that key;
   * `actions` are `{label, run}` buttons.
   */
  function show({ kind = "info", title, lines = [], key, actions = [], seconds }) {
    if (key) dismiss(key);
    const notice = make("div", { class: "notice", "data-kind": kind, role: kind === "info" ? "status" : "alert" });
    const body = make("div", { class: "notice-body" }, make("p", { class: "notice-title", text: title }));
    if (lines.length === 1) body.append(make("p", { text: lines[0] }));
    if (lines.length > 1) body.append(make("ul", {}, ...lines.map((line) => make("li", { text: line }))));
    const close = () => {
      const held = notice.contains(document.activeElement);
      notice.remove();
      if (key && keyed.get(key) === close) keyed.delete(key);
      if (held) (list.querySelector("button") ?? byId("figures")).focus();
    };
    if (actions.length) {
      body.append(make("div", { class: "notice-actions" }, ...actions.map(({ label, run, name }) =>
        make("button", { type: "button", class: name ?? "", text: label, on: { click: () => { close(); run(); } } }))));
    }
    notice.append(body, make("button", { type: "button", class: "icon quiet dismiss", "aria-label": "Dismiss this message", on: { click: close } }, icon(CROSS)));
    list.append(notice);
    if (key) keyed.set(key, close);
    if (seconds) setTimeout(close, seconds * 1000);
    return close;
  }

  function dismiss(key) {
    keyed.get(key)?.();
    keyed.delete(key);
  }

  return { show, dismiss };
}

/** The panic screen: what happened, the link that brings it back, and two ways on. */
export function showPanic({ message, link, onCpu, reload }) {
  const screen = byId("panic");
  if (!screen.hidden) return;
  const address = make("input", { type: "text", readonly: true, ".value": link, "aria-label": "Link that reproduces the failure" });
  const hide = () => {
    screen.hidden = true;
    screen.replaceChildren();
  };
  const buttons = make("div", { class: "panic-actions" },
    onCpu && make("button", { type: "button", id: "panic-cpu", class: "primary", text: "Continue on the CPU", on: { click: () => { hide(); onCpu(); } } }),
    make("button", { type: "button", id: "panic-reload", text: "Reload the page", on: { click: reload } }),
    make("button", { type: "button", id: "panic-copy", text: "Copy the report", on: { click: (event) => copyReport(event.currentTarget, message, link) } }));
  screen.replaceChildren(make("div", { class: "panic-card" },
    make("h2", { id: "panic-title", text: "Entroscope has failed" }),
    make("p", { text: "This is a fault of the program, not of your settings. Your archive is safe. With this link it can be reproduced and mended:" }),
    address,
    make("pre", { text: message }),
    buttons));
  screen.hidden = false;
  screen.querySelector("button").focus();
  // Focus stays within the screen: nothing behind it works any more.
  screen.onkeydown = (event) => {
    if (event.key !== "Tab") return;
    const stops = [...screen.querySelectorAll("input, button")];
    const at = stops.indexOf(document.activeElement);
    event.preventDefault();
    stops[(at + (event.shiftKey ? stops.length - 1 : 1)) % stops.length].focus();
  };
}

async function copyReport(button, message, link) {
  const done = await copied(`${message}\n\n${link}\n${navigator.userAgent}`);
  button.textContent = done ? "Copied" : "Copying is blocked: select the text above";
}
