// The address bar: always holds the link of what is shown, and opens what is pasted into it.

import { byId, debounce } from "./elements.js";

/** `app.page` knows the link; `opened(fragment)` is called when the reader has put another one into the address bar. */
export function createLink(app, opened) {
  /** The fragment that we wrote ourselves, so that a change of it is told from the reader's. */
  let written = location.hash.slice(1);

  const write = () => {
    // Another than ours is the reader's, who is heard of in a moment: it must not be written over.
    if (location.hash.slice(1) !== written) return;
    const fragment = app.page.link();
    if (fragment === written) return;
    try {
      history.replaceState(null, "", `#${fragment}`);
    } catch {
      // Browsers limit how often this may be called; the next change writes it.
    }
    written = location.hash.slice(1);
  };
  const changed = debounce(250, write);

  addEventListener("hashchange", () => {
    const fragment = location.hash.slice(1);
    if (fragment === written) return;
    written = fragment;
    opened(fragment);
    changed();
  });
  addEventListener("pagehide", () => changed.now());

  const address = () => `${location.href.split("#")[0]}#${app.page.link()}`;

  async function copy() {
    write();
    const button = byId("copy-link");
    const label = button.querySelector("span");
    const done = await copied(address());
    label.textContent = done ? "Copied" : "Not copied";
    button.dataset.flash = done ? "yes" : "no";
    if (done) app.announce("Link copied.");
    else app.notices.show({ kind: "warning", key: "copy", title: "The browser did not allow copying", lines: ["The link is in the address bar: copy it from there."] });
    clearTimeout(copy.timer);
    copy.timer = setTimeout(() => {
      label.textContent = "Copy link";
      delete button.dataset.flash;
    }, 1800);
  }
  byId("copy-link").addEventListener("click", copy);

  return { changed, address, copy };
}

/** Puts a text on the clipboard; false where the browser does not allow it. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Older way, for pages without a secure context.
    const field = document.createElement("textarea");
    const before = document.activeElement;
    field.value = text;
    field.style.cssText = "position:fixed;opacity:0";
    // What lies behind an open dialog cannot be selected.
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    const done = document.execCommand?.("copy") ?? false;
    field.remove();
    before?.focus?.();
    return done;
  }
}
