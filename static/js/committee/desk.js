/* The file beside the grid: saves as one types, keeps a copy on this device, two tabs on a phone, keys.
   Without it the buttons of the form do the same, and the server says the same. */
import { Draft } from "./draft.js";
import { watchKeys } from "./keys.js";
import { watchLeaving } from "./leaving.js";
import { fit, watchTabs } from "./tabs.js";

const NOTES = ["note", "note_seen"];
const form = document.querySelector("form[data-grid], form[data-note]");

watchTabs(document.querySelector("[data-desk-tabs]"));
fit(document.getElementById("evaluation"));
if (form) start(form);

function start(form) {
    const isNote = (name) => NOTES.includes(name);
    const note = new Draft(form, {
        slot: "notes",
        url: form.dataset.noteUrl,
        owns: isNote,
        known: ["note_seen"],
        line: form.querySelector("[data-note-state]"),
        noun: "Vos notes",
        isTyped: form.querySelector("[data-note-typed]") !== null,
    });
    const drafts = [note];
    if (form.matches("[data-grid]")) drafts.push(gridOf(form, isNote));
    watchLeaving(form, drafts);
    if (drafts.length > 1) watchButtons(form, drafts);
}

/* « Enregistrer » saves in place, unless only the server can show what is in the way. */
function watchButtons(form, drafts) {
    const button = form.querySelector("[data-save]");
    const save = () => {
        if (drafts.every((draft) => draft.maySend)) drafts.forEach((draft) => draft.saveNow());
        else form.requestSubmit(button);
    };
    button.addEventListener("click", (event) => {
        event.preventDefault();
        save();
    });
    watchKeys(form, save);
}

function gridOf(form, isNote) {
    const missing = form.querySelector("[data-missing]");
    const grid = new Draft(form, {
        slot: "evaluation",
        url: form.action,
        owns: (name) => !isNote(name) && name !== "then" && name !== "csrfmiddlewaretoken",
        known: ["revision", "read"],
        line: form.querySelector("[data-state]"),
        noun: "Votre évaluation",
        isTyped: form.matches("[data-typed]"),
        isClosed: form.matches("[data-closed]"),
        saved: (answer) => {
            missing.hidden = answer.missing.length === 0;
            missing.querySelector("[data-count]").textContent = answer.missing.length;
            missing.querySelector("[data-names]").textContent = answer.missing.join(", ");
        },
    });
    return grid;
}
