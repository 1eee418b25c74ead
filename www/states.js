// Saved states: what a run has learned and measured so far as a file, and a file from which it is gone on with.

import { byId, icon, make, saveFile } from "./elements.js";

const SAVE = "M12 4v11m-4-4 4 4 4-4M5 20h14";
const OPEN = "M12 20V9m-4 4 4-4 4 4M5 4h14";

/** How the names of these files end. */
const ENDING = ".entroscope";
export const isState = ({ name }) => name.toLowerCase().endsWith(ENDING);

/** `actions.opened(state)` shows a run as it was saved. */
export function createStates(app, actions) {
  const picker = make("input", { type: "file", id: "state-file", accept: ENDING, hidden: true, "aria-label": "A saved state", on: { change: () => {
    const [file] = picker.files;
    picker.value = "";
    if (file) take(file);
  } } });
  const save = make("button", { type: "button", id: "state-save", on: { click: () => keep() } }, icon(SAVE), make("span", { text: "Save state…" }));
  const open = make("button", { type: "button", id: "state-open", on: { click: () => picker.click() } }, icon(OPEN), make("span", { text: "Open a saved state…" }));
  const help = make("p", { id: "state-help" });
  const said = make("p", { id: "state-said", role: "status" });
  const section = make("section", { "aria-labelledby": "state-title" },
    make("h3", { id: "state-title", text: "State" }), help, make("div", { class: "state-tools" }, save, open, picker), said);

  /** Says what can be saved now. */
  function update() {
    const state = document.body.dataset.state;
    const saves = app.page.can_be_saved();
    save.disabled = !saves || !app.page.steps() || (state !== "held" && state !== "done");
    const what = "All weights that have been learned, with everything measured so far and the link, in one file. Opened here or elsewhere, the run stands where it was saved and goes on from there.";
    const why = saves ? (state === "running" ? " Stop the run first (Esc): then it can be saved." : "") : " Runs of this lab are not saved: their links compute them again.";
    help.textContent = what + why;
    if (state === "running") said.textContent = "";
  }

  /** Saves the run that is shown. A step in progress is completed first. */
  async function keep() {
    const experiment = app.run.experiment;
    save.disabled = true;
    said.textContent = "Saving";
    try {
      const { bytes, ...saved } = await app.engine.ask({ type: "save", experiment, step: app.page.steps() });
      if (app.run.experiment === experiment) app.run.caughtUp(saved);
      const name = app.page.state_name(saved.step);
      saveFile(name, new Blob([bytes], { type: "application/octet-stream" }));
      said.textContent = `Saved ${name}, ${(bytes.length / 1e6).toFixed(1)} MB: ${saved.step} of ${app.page.total()} steps.`;
    } catch (error) {
      said.textContent = `The state could not be saved: ${error.message}`;
    }
    update();
  }

  /** Opens a saved state in place of what is shown. */
  async function take(file) {
    app.notices.dismiss("state");
    app.run.stop();
    said.textContent = `Reading ${file.name}`;
    try {
      const state = await app.engine.ask({ type: "open", file });
      byId("export-dialog").close();
      actions.opened(state);
      app.notices.show({ kind: "info", key: "state", title: `${file.name}: the run stands where it was saved`, lines: [state.done ? "It was complete." : `${state.step} of ${app.page.total()} steps are there. “Go on” (G) computes the rest.`], seconds: 10 });
      said.textContent = "";
    } catch (error) {
      said.textContent = `${file.name} cannot be opened: ${error.message}`;
      app.notices.show({ kind: "error", key: "state", title: `“${file.name}” cannot be opened`, lines: [error.message] });
    }
  }

  return { section, update, take };
}
