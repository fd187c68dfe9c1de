/* Keys of the grid, written on the page. Letters act with Alt only; figures on the marks of a criterion only. */
import { announce } from "../candidature/dom.js";

const NO_OPINION = "none";

export function watchKeys(form, save) {
    form.querySelector("[data-keys]").hidden = false;
    const acts = {
        KeyS: save,
        KeyN: () => form.requestSubmit(form.querySelector("[data-next]")),
        KeyG: () => goToUnmarked(form),
    };
    document.addEventListener("keydown", (event) => {
        const act = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && acts[event.code];
        if (!act) return;
        event.preventDefault();
        act();
    });
    form.addEventListener("keydown", (event) => {
        const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey;
        const criterion = event.target.type === "radio" && event.target.closest("[data-criterion]");
        if (isPlain && criterion && mark(criterion, event.key)) event.preventDefault();
    });
}

/* Give the mark that `key` stands for. False when it stands for none. */
function mark(criterion, key) {
    const given = criterion.querySelector("input[type=radio]:checked")?.value;
    const wanted = { "-": NO_OPINION, ",": withHalf(given), ".": withHalf(given) }[key] ?? key;
    const radio = [...criterion.querySelectorAll("input[type=radio]")].find(({ value }) => value && value === wanted);
    if (!radio) return false;
    radio.focus();
    if (!radio.checked) radio.click();
    return true;
}

function withHalf(given) {
    return /^\d$/.test(given ?? "") ? `${given}.5` : "";
}

function goToUnmarked(form) {
    const open = [...form.querySelectorAll("[data-criterion]")].filter(
        (criterion) => !criterion.querySelector("input[type=radio]:checked")?.value,
    );
    const here = document.activeElement.closest("[data-criterion]");
    const next = open.find((each) => !here || here.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
    const target = next ?? open[0];
    if (!target) {
        announce("Tous les critères ont une note.");
        return;
    }
    document.querySelector("[role=tab][href='#evaluation']")?.click();
    target.querySelector("input[type=radio]:checked").focus(); // « Pas encore noté »
}
