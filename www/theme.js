// Light, dark or projector colours; "auto" follows the system. The choice is kept on this device.

import { byId } from "./elements.js";

const KEY = "entroscope-theme";
const THEMES = ["auto", "light", "dark", "projector"];

/** Local storage, where the browser allows it: a blocked one must not break the page. */
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Private windows may forbid it; the choice then lasts until the page is closed.
  }
}

/** Sets the theme up at once; `changed` is called whenever the colours change. */
export function createTheme(changed) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const select = byId("theme");
  let chosen = THEMES.includes(remembered()) ? remembered() : "auto";
  let prints = false;

  const apply = () => {
    root.dataset.theme = current();
    select.value = chosen;
    changed();
  };
  const current = () => (prints ? "light" : chosen === "auto" ? (system.matches ? "dark" : "light") : chosen);
  const choose = (theme) => {
    chosen = theme;
    remember(theme);
    apply();
  };
  select.addEventListener("change", () => choose(select.value));
  system.addEventListener("change", apply);
  apply();

  return {
    /** The colours in use: light, dark or projector. */
    current,
    /** Ink on paper, as long as the page is printed. */
    print(on) {
      prints = on;
      apply();
    },
    /** The next theme of the list, for the keyboard. */
    next() {
      choose(THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length]);
      return chosen;
    },
  };
}
