// The panel "Data": whose images the experiment learns from; takes IDX files, chosen or dropped anywhere on the page.

import { byId, make } from "./elements.js";
import { isState } from "./states.js";

/**
 * `actions.use(value)` learns from other images; `actions.again()` and `actions.pins()` compute what could not be computed; `actions.recorded(files)`
 * takes the JSON files that were dropped, `actions.state(file)` a saved state.
 */
export function createOwn(app, actions) {
  const panel = byId("images");
  const list = make("div", { class: "own-list", role: "radiogroup", "aria-label": "Images to learn from" });
  const picker = make("input", { type: "file", id: "own-files", hidden: true, multiple: true, "aria-label": "IDX files with images and labels", on: { change: () => { take([...picker.files]); picker.value = ""; } } });
  const choose = make("button", { type: "button", id: "own-choose", text: "Choose files…", on: { click: () => picker.click() } });
  const said = make("p", { id: "own-said", role: "status" });
  byId("images-panel").replaceChildren(
    make("p", { text: "The page brings the first 10 000 training images of MNIST. With your own copy of its files, all 60 000 can be used: the explorer then picks the same images as the original app for the same data seed. Any labelled digits of 28×28 pixels in the same form will do." }),
    make("p", { text: "Choose a file with images (train-images-idx3-ubyte) and the one with their labels (train-labels-idx1-ubyte) together, gzipped or not, or drop them anywhere on this page. All four files of MNIST (with t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte) become one set of 70 000: the labs of sparse and competing units then train on the first 60 000 and test on the last 10 000, if told to part the images as in their files. They stay in this browser and are sent nowhere." }),
    list, make("div", { class: "own-tools" }, choose, picker), said);

  /** What is known of the sets on this device; `null` until somebody has looked. */
  let sets = null;
  let shape = "";

  /** Shows what is used; asks what there is only when that is looked at. */
  function update() {
    byId("images-used").textContent = app.page.data().text;
    if (panel.open && !sets) refresh();
    else show();
  }

  async function refresh() {
    sets ??= [];
    try {
      sets = await app.engine.ask({ type: "sets" });
    } catch (error) {
      said.textContent = `What is kept in this browser cannot be read (${error.message}).`;
    }
    show();
  }

  function show() {
    const used = app.page.data();
    const known = (sets ?? []).map((set) => ({ value: set.name, text: `Own images: ${set.images}`, detail: detail(set), set }));
    const entries = [{ value: "bundled", text: "Bundled digits: 10000", detail: "MNIST, first training images" }, ...known];
    if (!entries.some(({ value }) => value === used.value)) entries.push({ value: used.value, text: used.text, detail: sets ? "not in this browser: choose their files to add them" : "" });
    const now = JSON.stringify([entries, used]);
    if (now === shape) return;
    shape = now;
    const focused = document.activeElement?.id;
    list.replaceChildren(...entries.map((entry) => item(entry, used.value)));
    if (focused && document.activeElement === document.body) byId(focused)?.focus({ preventScroll: true });
  }

  function item({ value, text, detail: more, set }, used) {
    const input = make("input", { type: "radio", name: "own", id: `own-${value}`, value, ".checked": value === used, on: { change: () => actions.use(value) } });
    const forget = set && make("button", { type: "button", class: "quiet", id: `forget-${value}`, text: "Forget", "aria-label": `Forget ${text}, ${value}`, on: { click: () => drop(set) } });
    return make("div", { class: "own-set" },
      make("label", { class: "check" }, input, make("span", {}, text, make("span", { class: "entry-detail", text: more }))), forget);
  }

  const detail = ({ name, files, counts, kept }) => `${files.join(" and ")}; of 0 to 9: ${counts.join(" ")}; ${name}${kept ? "" : "; only until the page is closed"}`;

  async function drop({ name, images }) {
    await app.engine.ask({ type: "forget", name });
    said.textContent = `${images} own images were forgotten.`;
    await refresh();
    if (app.page.data().value === name) actions.use("bundled");
    choose.focus({ preventScroll: true });
  }

  /** Takes files: what they make is used at once, unless the link asks for one of them already. */
  async function take(files) {
    if (!files.length) return;
    said.textContent = `Reading ${files.map(({ name }) => name).join(", ")}`;
    app.notices.dismiss("own");
    let found;
    try {
      found = await app.engine.ask({ type: "import", files });
    } catch (error) {
      found = { sets: [], problems: [error.message], reason: "" };
    }
    await refresh();
    const { problems, reason } = found;
    said.textContent = found.sets.map(({ images }) => `${images} images were added.`).join(" ");
    if (problems.length) app.notices.show({ kind: "error", key: "own", title: found.sets.length ? "Some of these files cannot be used" : "These files cannot be used", lines: problems });
    if (!found.sets.length) return;
    if (reason) app.notices.show({ kind: "info", key: "own-kept", title: "The images last only until the page is closed", lines: [`This browser does not let the page keep them (${reason}).`] });
    else if (!problems.length) app.notices.show({ kind: "info", key: "own", title: `${found.sets.map(({ images }) => images).join(" and ")} images added`, lines: ["They stay in this browser; under Data below the figures you choose what is used, or forget them."], seconds: 10 });
    actions.pins();
    const wanted = app.page.data().value;
    if (found.sets.some(({ name }) => name === wanted)) actions.again();
    else actions.use(found.sets.reduce((most, set) => (set.images > most.images ? set : most)).name);
  }

  /** A link that learns from images which are not here. */
  function missing() {
    app.notices.show({
      kind: "warning", key: "file", title: "This link needs images that this browser does not have",
      lines: [`It learns from ${app.page.data().text}: their number, and a checksum of their content. Choose or drop the IDX files that they came from, images and labels together; they are recognised by their content. Nothing of the link is lost meanwhile.`],
      actions: [{ label: "Choose files…", name: "own-choose", run: () => picker.click() }, { label: "Use the bundled digits", name: "use-bundled", run: () => actions.use("bundled") }],
    });
  }

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const over = (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    document.body.dataset.drop = "yes";
  };
  const left = () => { delete document.body.dataset.drop; };
  document.addEventListener("dragenter", over);
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) left(); });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    left();
    const isJson = ({ name }) => name.toLowerCase().endsWith(".json");
    const dropped = [...event.dataTransfer.files];
    const recorded = dropped.filter(isJson);
    const state = dropped.find(isState);
    const rest = dropped.filter((file) => !isJson(file) && !isState(file));
    if (recorded.length) actions.recorded(recorded);
    if (state) actions.state(state);
    if (rest.length) take(rest);
  });
  panel.addEventListener("toggle", update);

  return { update, missing };
}
