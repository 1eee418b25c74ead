// The frame around the lab: tabs, engine badge, the menu and drawer of small screens, and the page's keys.

import { byId, make } from "./elements.js";

/** Lab tabs are links: the hash change opens the lab. */
export function showLabs(page) {
  byId("labs").replaceChildren(...page.labs().map(({ slug, title, active }) =>
    make("a", { href: `#v=1&lab=${slug}`, id: `lab-${slug}`, "aria-current": active ? "page" : null, text: title })));
  // On a phone the tabs scroll sideways.
  const active = byId("labs").querySelector("[aria-current]");
  if (active) byId("labs").scrollLeft = active.offsetLeft - byId("labs").offsetLeft - 16;
}

/** Title, about text and sources. */
export function showAbout(page) {
  byId("title").textContent = page.title();
  byId("about-text").replaceChildren(...page.about().map((text) => make("p", { text })));
  byId("sources").replaceChildren(...page.sources().map(({ label, url }) =>
    make("li", {}, make("a", { href: url, target: "_blank", rel: "noopener noreferrer", text: label }))));
}

/** The badge: which engine computes, and why that one. */
export function showEngine({ engine, adapter, reason, fallback }) {
  const badge = byId("engine-badge");
  badge.dataset.engine = fallback ? "fallback" : engine;
  badge.querySelector(".text").textContent = engine === "gpu" ? "GPU" : "CPU";
  const name = engine === "gpu" ? "Computed on the graphics processor (WebGPU)" : "Computed on the processor (WebAssembly)";
  badge.setAttribute("aria-label", `Engine: ${engine === "gpu" ? "GPU" : "CPU"}. Show why`);
  badge.title = [name, adapter, fallback ?? reason].filter(Boolean).join("\n");
  byId("engine-why").replaceChildren(...[name + ".", adapter && `Adapter: ${adapter}.`, fallback ?? reason].filter(Boolean).map((text) => make("p", { text })));
}

/** The badge when there is no engine any more. */
export function showNoEngine(why) {
  const badge = byId("engine-badge");
  badge.dataset.engine = "none";
  badge.querySelector(".text").textContent = "Stopped";
  badge.setAttribute("aria-label", "Engine: stopped. Show why");
  badge.title = why;
  byId("engine-why").replaceChildren(make("p", { text: why }));
}

/** A button that opens something: click toggles, Escape and a click elsewhere close. */
function opener(button, panel, show) {
  const set = (open) => {
    if (open === (button.getAttribute("aria-expanded") === "true")) return;
    button.setAttribute("aria-expanded", String(open));
    show(open);
  };
  const isOpen = () => button.getAttribute("aria-expanded") === "true";
  button.addEventListener("click", () => set(!isOpen()));
  return {
    set, isOpen,
    escape() {
      if (!isOpen()) return false;
      set(false);
      if (panel.contains(document.activeElement) || document.activeElement === document.body) button.focus();
      return true;
    },
    outside(target) { if (isOpen() && !panel.contains(target) && !button.contains(target)) set(false); },
  };
}

/** Everything of the frame that listens. `do` holds the actions that keys and buttons call. */
export function createShell(app, actions) {
  const badge = opener(byId("engine-badge"), byId("engine-why"), (open) => { byId("engine-why").hidden = !open; });
  const menu = opener(byId("menu"), byId("actions"), (open) => { byId("actions").dataset.open = open ? "yes" : ""; });
  const drawer = opener(byId("settings"), byId("controls"), (open) => {
    document.body.dataset.drawer = open ? "open" : "";
    if (open) byId("figures").scrollIntoView({ block: "start" });
  });
  byId("settings-close").addEventListener("click", () => { drawer.set(false); byId("settings").focus(); });
  document.addEventListener("pointerdown", ({ target }) => { badge.outside(target); menu.outside(target); });

  // The bars' heights depend on type size and wrapping; everything between them is placed by these two numbers.
  const measure = new ResizeObserver(() => {
    const style = document.documentElement.style;
    style.setProperty("--transport-height", `${byId("transport").offsetHeight}px`);
    style.setProperty("--top-height", `${document.querySelector(".top").offsetHeight}px`);
  });
  measure.observe(byId("transport"));
  measure.observe(document.querySelector(".top"));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], #panic:not([hidden])")) return;
    if (event.key === "Escape") {
      if (badge.escape() || menu.escape() || drawer.escape()) return;
      const chooser = byId("chooser");
      if (chooser.open) {
        chooser.open = false;
        chooser.querySelector("summary").focus();
        return;
      }
      actions.stop();
      return;
    }
    const action = keyAction(event, app.help.keysOn(), actions);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** What a key means at the place where the focus is; `undefined` when it belongs to the element there. */
function keyAction(event, lettersOn, actions) {
  const target = event.target;
  const isRange = target.matches?.("input[type=range]");
  if (target.matches?.("input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]")) return undefined;
  const isField = target.matches?.("input");
  const isPressed = target.matches?.("button, summary, a, input[type=checkbox], input[type=radio]");
  if (event.key === " ") return isPressed ? undefined : actions.play;
  const many = event.shiftKey ? 10 : 1;
  if (!isField) {
    if (event.key === "ArrowLeft") return () => actions.step(-many);
    if (event.key === "ArrowRight") return () => actions.step(many);
    if (event.key === "Home") return actions.first;
    if (event.key === "End") return actions.last;
  }
  if (!lettersOn || (isRange && event.key.length > 1)) return undefined;
  const letters = {
    a: actions.archive, c: actions.copy, e: actions.export, g: actions.goOn, r: actions.reset, t: actions.theme, "?": actions.help, "0": actions.view, "+": () => actions.zoom(1.2), "=": () => actions.zoom(1.2),
    "-": () => actions.zoom(1 / 1.2), "−": () => actions.zoom(1 / 1.2), ",": () => actions.step(-1), ".": () => actions.step(1),
    "[": () => actions.speed(-1), "]": () => actions.speed(1),
  };
  return event.repeat && !",.+-=[]".includes(event.key) ? undefined : letters[event.key.toLowerCase()];
}
