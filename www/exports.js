// The export dialog: numbers and pictures to take away, and a recorded run to bring back and check.

import { byId, icon, make, saveFile } from "./elements.js";
import { copied } from "./link.js";

const SAVE = "M12 4v11m-4-4 4 4 4-4M5 20h14";
const COPY = "M9 9h10v11H9zM5 15V4h10";

/** Pixels of a PNG for each CSS pixel: sharp on every screen and on paper. */
const SCALE = 2;
/** Longest file that is read, bytes: a run of 200 steps and eight layers takes less than 1 MB. */
const LONGEST = 64 * 2 ** 20;

/** `actions.adopted(id)` is called when a recorded run has come into the archive. */
export function createExports(app, actions) {
  const dialog = byId("export-dialog");
  const runs = make("select", { id: "export-run", on: { change: () => fillNumbers() } });
  const choice = make("div", { class: "export-run" }, make("label", { for: "export-run", text: "Run" }), make("span", { class: "select wide" }, runs));
  const numbers = make("ul", { id: "export-numbers", class: "exports", "aria-label": "Numbers" });
  const pictures = make("ul", { id: "export-pictures", class: "exports", "aria-label": "Pictures" });
  const others = make("details", { class: "export-others" }, make("summary", { text: "Figures that are switched off" }), make("ul", { class: "exports", "aria-label": "Pictures of figures that are switched off" }));
  const said = make("p", { id: "export-said", class: "export-said", role: "status" });
  const file = make("input", { type: "file", id: "import-file", accept: ".json,application/json", multiple: true, hidden: true, on: { change: () => {
    check([...file.files]);
    file.value = "";
  } } });
  const reports = make("div", { id: "import-reports" });

  dialog.append(
    make("h2", { id: "export-title", tabindex: "-1", autofocus: true, text: "Export" }),
    choice,
    make("h3", { text: "Numbers" }), numbers,
    make("h3", { text: "Pictures" }),
    make("p", { text: "With title, key and step, in the theme that is shown. SVG can be edited and printed at any size; PNG has two pixels for one on the screen." }),
    pictures, others,
    app.states.section,
    make("h3", { text: "Check a recorded run" }),
    make("p", { text: "Opens a run that was exported as JSON: it joins the archive as it was recorded, is computed again on this device, and every series is compared. The file can also be dropped anywhere on the page." }),
    make("div", {}, make("button", { type: "button", id: "import-choose", text: "Choose a JSON file", on: { click: () => file.click() } }), file),
    reports,
    make("div", { class: "dialog-foot" }, said, make("form", { method: "dialog" }, make("button", { type: "submit", id: "export-close", class: "primary", text: "Close" }))));
  // A click beside the dialog closes it.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  byId("export").addEventListener("click", () => open());

  /** Opens the dialog; `focus` is the id of the button that gets the focus. */
  function open(focus) {
    const chosen = runs.value;
    const takeable = app.page.takeable();
    runs.replaceChildren(...takeable.map(({ id, label }) => make("option", { value: id, text: id === 0 ? `${label} (shown)` : label })));
    if (takeable.some(({ id }) => String(id) === chosen) && dialog.open) runs.value = chosen;
    app.states.update();
    choice.hidden = takeable.length < 2;
    fillNumbers();
    const figures = app.page.figures();
    pictures.replaceChildren(...figures.filter(({ shown }) => shown).map(picture));
    others.querySelector("ul").replaceChildren(...figures.filter(({ shown }) => !shown).map(picture));
    others.hidden = figures.every(({ shown }) => shown);
    if (!dialog.open) {
      say("");
      dialog.showModal();
    }
    if (focus) byId(focus)?.focus();
  }

  const picture = ({ slug, title }) => line(title, "",
    button(`copy-picture-${slug}`, "Copy", `Copy as a PNG: ${title}`, COPY, () => copyPicture(slug)),
    button(`png-${slug}`, "PNG", `Save as PNG: ${title}`, SAVE, () => savePng(slug)),
    button(`svg-${slug}`, "SVG", `Save as SVG: ${title}`, SAVE, () => saveSvg(slug)));

  function fillNumbers() {
    const run = Number(runs.value);
    numbers.replaceChildren(...app.page.formats(run).map(({ slug, title, help }) => line(title, help,
      button(`copy-${slug}`, "Copy", `Copy: ${title}`, COPY, () => withFile(slug, run, copyText)),
      button(`export-${slug}`, "Save", `Save: ${title}`, SAVE, () => withFile(slug, run, saveText)))));
  }

  const say = (text) => { said.textContent = text; };

  /** Calls `then` with the file of a format. A program is written by the engine, which has the images. */
  async function withFile(slug, run, then) {
    let made = app.page.export(slug, run);
    if (!made) {
      say("Writing the program");
      const { link } = app.page.takeable().find(({ id }) => id === run);
      made = app.page.program(await app.engine.python(link), run);
    }
    await then(made);
  }

  /** A button whose failure is told in the dialog: messages of the page lie behind it. */
  function button(id, text, label, path, action) {
    return make("button", { type: "button", id, "aria-label": label, title: label, on: { click: async () => {
      try {
        await action();
      } catch (error) {
        say(`${label}: ${error.message || error}`);
      }
    } } }, icon(path), make("span", { text }));
  }

  function save(name, blob) {
    saveFile(name, blob);
    say(`Saved ${name}.`);
  }

  const saveText = ({ name, mime, text }) => save(name, new Blob([text], { type: mime }));

  async function copyText({ name, text }) {
    say(await copied(text) ? `Copied what would be in ${name}.` : "The browser did not allow copying: save the file instead.");
  }

  async function saveSvg(slug) {
    await app.stills.of(slug);
    saveText(app.page.svg(slug, make("canvas"), app.theme.current()));
  }

  async function png(slug) {
    await app.stills.of(slug);
    const canvas = make("canvas");
    const { name } = app.page.picture(slug, canvas, SCALE, app.theme.current());
    return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve({ name, blob }) : reject(new Error("the browser made no picture"))), "image/png"));
  }

  async function savePng(slug) {
    const { name, blob } = await png(slug);
    save(name, blob);
  }

  async function copyPicture(slug) {
    const { name, blob } = await png(slug);
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
      say(`Copied ${name}.`);
    } catch {
      say("The browser did not allow copying: save the picture instead.");
    }
  }

  /** Opens recorded runs one after the other, computes each again, and says how they compare. */
  async function check(files) {
    open("import-choose");
    reports.replaceChildren();
    for (const one of files) {
      const report = make("section", { class: "report", "aria-label": `Check of ${one.name}`, "data-holds": "" }, make("h4", { text: one.name }));
      const verdict = make("p", { class: "verdict", role: "status", text: "Reading" });
      report.append(verdict);
      reports.append(report);
      report.scrollIntoView({ block: "nearest" });
      try {
        await checked(one, report, verdict);
      } catch (error) {
        report.dataset.holds = "error";
        verdict.textContent = error.message || String(error);
      }
    }
  }

  async function checked(one, report, verdict) {
    if (one.size > LONGEST) throw new Error(`The file has ${one.size} bytes: expected a recorded run of at most ${LONGEST}.`);
    const text = await one.text();
    if (isArchive(text)) {
      await app.archive.take(one);
      report.dataset.holds = "archive";
      verdict.textContent = "A whole archive: what could be read of it has joined the one on this page.";
      return;
    }
    const { link, label, id, added } = app.page.open_recorded(text, new Date().toISOString());
    if (added) actions.adopted(id);
    verdict.textContent = `${label}: computing it again`;
    const { rows, engine, adapter } = await app.engine.compute(link).catch((error) => { throw new Error(`${label} could not be computed again: ${error.message}`); });
    const found = app.page.check(text, rows, engine, adapter);
    report.dataset.holds = found.holds ? "yes" : "no";
    verdict.textContent = found.verdict;
    report.append(
      make("ul", { class: "report-notes" }, ...[`${label}, ${added ? "now in the archive" : "in the archive already"}.`, ...found.notes].map((note) => make("li", { text: note }))),
      make("details", { class: "data", ".open": !found.holds }, make("summary", { text: "All series" }),
        make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Series of ${one.name}` }, table(found.rows))));
    report.scrollIntoView({ block: "nearest" });
  }

  return { open, check, openPicture: (slug) => open(`png-${slug}`) };
}

/** Whether a file holds an archive instead of one run. */
function isArchive(text) {
  try {
    return Array.isArray(JSON.parse(text).runs);
  } catch {
    return false;
  }
}

/** A line of the dialog: what it is, what it is for, and its buttons. */
const line = (title, help, ...buttons) => make("li", {},
  make("div", { class: "export-what" }, make("span", { class: "export-title", text: title }), help ? make("span", { class: "export-help", text: help }) : null),
  make("div", { class: "export-tools" }, ...buttons));

function table(rows) {
  const head = ["Series", "Largest difference", "At step", "Tolerance", "Finding"];
  // What is beyond comes first: it is what one looks for.
  const ordered = [...rows.filter(({ finding }) => finding === "beyond"), ...rows.filter(({ finding }) => finding !== "beyond")];
  return make("table", {},
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col", text })))),
    make("tbody", {}, ...ordered.map(({ label, column, difference, step, tolerance, finding }) =>
      make("tr", { "data-column": column, "data-finding": finding }, make("th", { scope: "row", text: label }), ...[difference, step, tolerance, finding].map((text) => make("td", { text }))))));
}
