// The archive: runs kept for comparison, drawn over the current one, stored on this device.

import { byId, icon, make, swatch } from "./elements.js";
import { openStore } from "./store.js";

const EYE = "M3 12c2.5-4.5 5.5-6.5 9-6.5s6.5 2 9 6.5c-2.5 4.5-5.5 6.5-9 6.5S5.5 16.5 3 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z";
const EYE_CLOSED = `${EYE}M4.5 19.5l15-15`;
const PIN = "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5";
const OPEN = "M13 5h6v6M19 5l-9 9M10 6H5v13h13v-5";
const CROSS = "m7 7 10 10M17 7 7 17";

/** `actions.changed()` redraws; `actions.runFirst()` resolves when the current run is complete, `false` when it has none. */
export function createArchive(app, actions) {
  const list = byId("archive-list");
  const opening = openStore();
  /** One write after the other, so that a late one cannot undo a newer. */
  let writes = Promise.resolve();

  const write = (action) => {
    writes = writes.then(() => opening).then(action).catch((error) => app.notices.show({
      kind: "warning", key: "archive", title: "The archive could not be stored on this device", lines: [`${error.message || error}. It stays usable until the page is closed.`],
    }));
    return writes;
  };

  /** Brings back what earlier visits have kept. */
  async function restore() {
    const store = await opening;
    if (store.reason) app.notices.show({ kind: "info", key: "archive", title: "The archive lasts only until the page is closed", lines: [`This browser does not let the page keep data here (${store.reason}).`] });
    let unread = 0;
    try {
      for (const text of await store.all()) if (!app.page.archive_restore(text)) unread += 1;
    } catch (error) {
      app.notices.show({ kind: "warning", key: "archive", title: "The archive of earlier visits could not be read", lines: [String(error.message || error)] });
    }
    if (unread) app.notices.show({ kind: "warning", title: unread === 1 ? "One archived run could not be read" : `${unread} archived runs could not be read`, lines: ["They were written by another version of this page, and are left as they are."] });
    update();
    actions.changed();
  }

  async function keep() {
    const button = byId("archive-run");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    const ready = await actions.runFirst();
    button.removeAttribute("aria-disabled");
    if (!ready) return;
    const created = new Date().toISOString();
    const text = app.page.archive_current(created);
    if (text === undefined) {
      app.notices.show({ kind: "info", key: "kept", title: "This run is in the archive already", seconds: 8 });
      return;
    }
    write((store) => store.put(created, text));
    app.announce("Run archived.");
    changed();
  }

  function clear() {
    const entries = app.page.archive();
    if (!entries.length) return;
    const texts = entries.map(({ id }) => app.page.archive_store(id));
    app.page.archive_clear();
    // One by one: what another tab or another version of the page has stored is not this page's to remove.
    write(async (store) => { for (const { created } of entries) await store.remove(created); });
    undoable(texts, texts.length === 1 ? "One run removed from the archive" : `${texts.length} runs removed from the archive`);
    changed();
  }

  function remove(entry) {
    const text = app.page.archive_store(entry.id);
    app.page.archive_remove(entry.id);
    write((store) => store.remove(entry.created));
    undoable([text], `Removed: ${entry.label}`);
    changed();
    (list.querySelector("button, input") ?? byId("archive-run")).focus({ preventScroll: true });
  }

  /** Removed runs can be had back for a while. */
  function undoable(texts, title) {
    app.notices.show({ kind: "info", key: "undo", title, seconds: 12, actions: [{ label: "Undo", name: "undo", run: () => {
      const before = new Set(app.page.archive().map(({ created }) => created));
      for (const text of texts) app.page.archive_restore(text);
      for (const entry of app.page.archive()) if (!before.has(entry.created)) save(entry);
      changed();
    } }] });
  }

  /** Stores a run. One that came with a link stays with the link, and is not kept here. */
  function save({ id, created, kept }) {
    if (!kept) return;
    const text = app.page.archive_store(id);
    write((store) => store.put(created, text));
  }

  function changed() {
    update();
    actions.changed();
  }

  function update() {
    const entries = app.page.archive();
    const focused = document.activeElement?.id;
    list.replaceChildren(...entries.map(item));
    if (focused && document.activeElement === document.body) byId(focused)?.focus({ preventScroll: true });
    byId("archive-empty").hidden = entries.length > 0;
    byId("archive-clear").disabled = !entries.length;
    showLegend(app.page);
  }

  function item(entry) {
    const { id, label, detail, colour, shown, pinned, link, created } = entry;
    const button = (name, text, path, action, pressed) => make("button", {
      type: "button", id: `archive-${name}-${id}`, class: `icon quiet ${name}`, title: text, "aria-label": `${text}: ${label}`,
      "aria-pressed": pressed === undefined ? null : String(pressed), on: { click: action },
    }, icon(path));
    const when = new Date(created);
    return make("li", { "data-id": id, class: shown ? "" : "muted" },
      swatch(colour, dashOf(app.page, id)),
      make("div", { class: "entry" }, make("span", { class: "entry-label", text: label }),
        make("span", { class: "entry-detail", text: [detail, Number.isNaN(when.getTime()) ? "" : when.toLocaleString([], { dateStyle: "short", timeStyle: "short" })].filter(Boolean).join(" · ") })),
      make("div", { class: "entry-tools" },
        button("show", shown ? "Hide" : "Show", shown ? EYE : EYE_CLOSED, () => { app.page.archive_show(id, !shown); save(entry); changed(); }, shown),
        button("pin", pinned ? "Remove from the link" : "Pin to the link, so that others see it too", PIN, () => { app.page.archive_pin(id, !pinned); save(entry); changed(); }, pinned),
        make("a", { class: "button icon quiet", id: `archive-open-${id}`, href: `#${link}`, title: "Open these settings", "aria-label": `Open these settings: ${label}` }, icon(OPEN)),
        button("remove", "Remove", CROSS, () => remove(entry))));
  }

  byId("archive-run").addEventListener("click", keep);
  byId("archive-clear").addEventListener("click", clear);
  /** Stores a run that the page has put into its archive already. */
  function store(text) {
    write((table) => table.put(JSON.parse(text).created, text));
    changed();
  }

  return { restore, keep, store, update, save };
}

const dashOf = (page, id) => page.legend().find((run) => run.id === id)?.dash;

/** The key over the figures: every run that is drawn, in its colour and dash. */
export function showLegend(page) {
  byId("legend").replaceChildren(...page.legend().filter(({ shown }) => shown).map(({ label, colour, dash, current }) =>
    make("li", { class: current ? "current" : "" }, swatch(colour, dash), make("span", { text: label }))));
}
