// The archive: runs kept for comparison, drawn over the current one, stored on this device; listed in an order, filtered, saved as a file.

import { byId, debounce, icon, make, saveFile, swatch } from "./elements.js";
import { openStore } from "./store.js";

const EYE = "M3 12c2.5-4.5 5.5-6.5 9-6.5s6.5 2 9 6.5c-2.5 4.5-5.5 6.5-9 6.5S5.5 16.5 3 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z";
const EYE_CLOSED = `${EYE}M4.5 19.5l15-15`;
const PIN = "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5";
const OPEN = "M13 5h6v6M19 5l-9 9M10 6H5v13h13v-5";
const CROSS = "m7 7 10 10M17 7 7 17";

const runs = (count) => count === 1 ? "One run" : `${count} runs`;

/** `actions.changed()` redraws; `actions.runFirst()` resolves when the current run is complete, `false` when it has none. */
export function createArchive(app, actions) {
  const list = byId("archive-list");
  const sort = byId("archive-sort");
  const filter = byId("archive-filter");
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
    changed();
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

  /** Removes all runs, or those that are listed. */
  function clear(all) {
    const entries = all ? app.page.archive() : listing().entries;
    if (!entries.length) return;
    const texts = entries.map(({ id }) => app.page.archive_store(id));
    if (all) app.page.archive_clear();
    else for (const { id } of entries) app.page.archive_remove(id);
    // One by one: what another tab or another version of the page has stored is not this page's to remove.
    write(async (store) => { for (const { created } of entries) await store.remove(created); });
    removed(texts, `${runs(texts.length)} removed from the archive`);
    filter.value = "";
    changed();
    // The buttons are switched off with it.
    byId("archive-run").focus({ preventScroll: true });
  }

  function remove(entry) {
    const text = app.page.archive_store(entry.id);
    app.page.archive_remove(entry.id);
    write((store) => store.remove(entry.created));
    removed([text], `Removed: ${entry.label}`);
    changed();
    (list.querySelector("button, input") ?? byId("archive-run")).focus({ preventScroll: true });
  }

  /** Removed runs can be had back for a while. */
  const removed = (texts, title) => undoable(title, [], () => restoreAll(texts));

  function undoable(title, lines, undo) {
    app.notices.show({ kind: "info", key: "undo", title, lines, seconds: 12, actions: [{ label: "Undo", name: "undo", run: () => { undo(); changed(); } }] });
  }

  function restoreAll(texts) {
    const before = new Set(app.page.archive().map(({ created }) => created));
    for (const text of texts) app.page.archive_restore(text);
    for (const entry of app.page.archive()) if (!before.has(entry.created)) put(entry);
  }

  /** Stores a run. One that came with a link stays with the link, and is not kept here. */
  function put({ id, created, kept }) {
    if (!kept) return;
    const text = app.page.archive_store(id);
    write((target) => target.put(created, text));
  }

  /** Stores the runs of these ids. */
  function save(ids) {
    for (const entry of app.page.archive()) if (ids.includes(entry.id)) put(entry);
  }

  /** Takes the runs of a file into the archive. */
  async function take(file) {
    let imported;
    try {
      imported = app.page.archive_import(await file.text(), new Date().toISOString());
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      app.notices.show({ kind: "error", key: "import", title: `“${file.name}” could not be read`, lines: [error.message] });
      return;
    }
    const { added, known, unread, replaced } = imported;
    if (unread.length) app.notices.show({ kind: "warning", key: "import", title: `${runs(unread.length)} of “${file.name}” could not be read`, lines: unread });
    else app.notices.dismiss("import");
    save(added);
    const names = app.page.archive().filter(({ id }) => added.includes(id)).map(({ created }) => created);
    const there = known ? [`${runs(known)} of the file ${known === 1 ? "was" : "were"} in the archive already.`] : [];
    if (added.length) {
      undoable(`${runs(added.length)} imported`, there, () => {
        for (const { id, created } of app.page.archive()) if (names.includes(created)) app.page.archive_remove(id);
        write(async (target) => { for (const name of names) await target.remove(name); });
        restoreAll(replaced.map((stored) => JSON.stringify(stored)));
      });
    } else if (!unread.length) app.notices.show({ kind: "info", key: "kept", title: "Nothing to import", lines: there.length ? there : ["The file's archive is empty."], seconds: 8 });
    changed();
  }

  /** Shows or hides all runs listed that the figures can draw. */
  function showAll(shown) {
    const others = listing().entries.filter((entry) => entry.here && entry.shown !== shown);
    for (const entry of others) { app.page.archive_show(entry.id, shown); put(entry); }
    changed();
  }

  function changed() {
    update();
    actions.changed();
  }

  /** Stores a run that the page has put into its archive already. */
  function store(text) {
    write((target) => target.put(JSON.parse(text).created, text));
    changed();
  }

  const listing = () => app.page.listing(sort.value, filter.value);

  function update() {
    const { entries, total } = listing();
    const focused = document.activeElement?.id;
    list.replaceChildren(...entries.map(item));
    if (focused && document.activeElement === document.body) byId(focused)?.focus({ preventScroll: true });
    const isFiltered = filter.value.trim() !== "";
    const drawn = entries.filter(({ here }) => here);
    byId("archive-empty").hidden = total > 0;
    byId("archive-tools").hidden = total < 2 && !isFiltered;
    byId("archive-bar").hidden = total < 2;
    byId("archive-count").textContent = isFiltered ? `${entries.length} of ${total} runs shown` : runs(total);
    byId("archive-none").hidden = !total || entries.length > 0;
    byId("archive-none-text").textContent = `No archived run has “${filter.value.trim()}” in its label, lab, engine or comparison.`;
    byId("archive-show").disabled = drawn.every(({ shown }) => shown);
    byId("archive-hide").disabled = !drawn.some(({ shown }) => shown);
    byId("archive-remove").hidden = !isFiltered || !entries.length;
    byId("archive-remove").textContent = entries.length === 1 ? "Remove this one" : `Remove these ${entries.length}`;
    byId("archive-clear").disabled = !total;
    byId("archive-export").disabled = !total;
    showLegend(app.page);
  }

  function item(entry) {
    const { id, label, detail, lab, here, colour, shown, pinned, link, created, sweep, side } = entry;
    const button = (name, text, path, action, pressed, attributes = {}) => make("button", {
      type: "button", id: `archive-${name}-${id}`, class: `icon quiet ${name}`, title: text, "aria-label": `${text}: ${label}`,
      "aria-pressed": pressed === undefined ? null : String(pressed), on: { click: action }, ...attributes,
    }, icon(path));
    const eye = here ? (shown ? "Hide" : "Show") : `Drawn in the lab ${lab}`;
    const badges = [side && make("abbr", { class: "side", title: `Compared as ${side}`, text: side }), !here && make("span", { class: "entry-lab", text: lab })].filter(Boolean).flatMap((badge) => [badge, " "]);
    // Of two runs archived in the same moment one has a number behind its time.
    const when = new Date(created.split(" ")[0]);
    return make("li", { "data-id": id, class: shown && here ? "" : "muted" },
      swatch(colour, dashOf(app.page, id)),
      make("div", { class: "entry" },
        make("div", { class: "entry-title" }, ...badges, make("span", { class: "entry-label", text: label })),
        make("span", { class: "entry-detail", text: [detail, sweep, Number.isNaN(when.getTime()) ? "" : when.toLocaleString([], { dateStyle: "short", timeStyle: "short" })].filter(Boolean).join(" · ") })),
      make("div", { class: "entry-tools" },
        button("show", eye, shown ? EYE : EYE_CLOSED, () => { app.page.archive_show(id, !shown); put(entry); changed(); }, shown, { disabled: !here }),
        button("pin", pinned ? "Remove from the link" : "Pin to the link, so that others see it too; two pinned runs are compared", PIN, () => { app.page.archive_pin(id, !pinned); put(entry); changed(); }, pinned),
        make("a", { class: "button icon quiet", id: `archive-open-${id}`, href: `#${link}`, title: "Open these settings", "aria-label": `Open these settings: ${label}` }, icon(OPEN)),
        button("remove", "Remove", CROSS, () => remove(entry))));
  }

  sort.replaceChildren(...app.page.archive_sorts().map(({ value, label, help }) => make("option", { value, text: label, title: help })));
  sort.addEventListener("change", update);
  const count = debounce(500, () => app.announce(byId("archive-count").textContent));
  const filtered = () => { update(); count(); };
  filter.addEventListener("input", filtered);
  byId("archive-unfilter").addEventListener("click", () => { filter.value = ""; filtered(); filter.focus(); });
  byId("archive-show").addEventListener("click", () => showAll(true));
  byId("archive-hide").addEventListener("click", () => showAll(false));
  byId("archive-remove").addEventListener("click", () => clear(false));
  byId("archive-run").addEventListener("click", keep);
  byId("archive-clear").addEventListener("click", () => clear(true));
  byId("archive-export").addEventListener("click", () => {
    const { name, mime, text } = app.page.archive_file();
    saveFile(name, new Blob([text], { type: mime }));
    app.announce(`Saved ${name}.`);
  });
  const chooser = byId("archive-file");
  byId("archive-import").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    const files = [...chooser.files];
    // The same file may be chosen again.
    chooser.value = "";
    for (const file of files) await take(file);
  });

  return { restore, keep, store, take, update, save };
}

const dashOf = (page, id) => page.legend().find((run) => run.id === id)?.dash;

/** The key over the figures: every run that is drawn, in its colour and dash. */
export function showLegend(page) {
  byId("legend").replaceChildren(...page.legend().filter(({ shown }) => shown).map(({ label, colour, dash, current }) =>
    make("li", { class: current ? "current" : "" }, swatch(colour, dash), make("span", { text: label }))));
}
