/* Texts found on this device when the page opens: dropped, put back, offered, or set against a newer one. */
import { announce, button, element, moment, passage } from "./dom.js";
import { markOf } from "./local-copy.js";
import { readable } from "./slot.js";

export function recover(page, markedSlot) {
    for (const saver of page.savers) {
        const { version } = saver.slot;
        if (saver.saved === null) {
            saver.copy(); // the server wrote back what it refused: its author corrects it
            continue;
        }
        keepWhatWasTypedEarly(saver);
        page.copies.of(saver.slot.id).forEach((copy) => treat(saver, copy, version, markedSlot !== null));
    }
    const back = page.saver(markedSlot)?.slot;
    // Until it has loaded, the page goes to the place that its address names, and takes the focus away.
    if (back) window.addEventListener("load", () => setTimeout(() => back.focus()));
}

/* Typed before this script ran: a change like any other. Restored by the browser from an older page: offered. */
function keepWhatWasTypedEarly(saver) {
    if (!saver.isDirty) return;
    const [visit] = performance.getEntriesByType("navigation");
    if (visit?.type === "navigate" || saver.slot.node.contains(document.activeElement)) {
        saver.touched();
        return;
    }
    const { value, version } = saver.slot;
    saver.slot.value = saver.saved;
    offer(saver, { value, version, sent: [], overrides: false }, false);
}

function treat(saver, copy, version, isBack) {
    if (markOf(copy.value) === markOf(saver.saved)) {
        saver.page.copies.forget(copy.key);
        return;
    }
    // Older than what stands, unless that is our own text, whose answer was lost.
    const isStale = copy.version < version && !copy.sent.includes(markOf(saver.saved));
    if (saver.isDirty) offer(saver, copy, isStale); // several tabs left a text: the latest is already in the field
    else if (isStale) saver.resume(copy, isStale);
    else if (isBack) putBack(saver, copy);
    else offer(saver, copy, isStale);
}

function putBack(saver, copy) {
    const words = `Votre texte tapé le ${moment(copy.at)} a été remis à sa place.`;
    saver.slot.node.prepend(element("p", { class: "notice notice-success slot-offer", role: "status" }, words));
    saver.resume(copy, false);
}

function offer(saver, copy, isStale) {
    const { slot, page } = saver;
    const when = copy.at ? ` le ${moment(copy.at)}` : "";
    const words = `Un texte tapé${when} sur cet appareil n’a pas été enregistré.`;
    const take = button("Le reprendre", () => {
        const before = slot.value;
        close();
        saver.resume(copy, isStale);
        offerUndo(saver, before);
    });
    const erase = button("L’effacer", () => {
        close();
        page.copies.forget(copy.key);
    });
    const notice = element(
        "div",
        { class: "notice notice-info slot-offer", role: "group", "aria-label": "Texte retrouvé" },
        element("p", {}, words),
        passage("slot-preview", "Texte retrouvé, en entier", readable(slot, copy.value) || "(réponse vidée)"),
        element("div", { class: "actions" }, take, erase),
    );
    const key = `offer-${slot.id}-${copy.at}`;
    const close = () => {
        if (notice.contains(document.activeElement)) slot.focus();
        notice.remove();
        page.alerts.clear(key);
    };
    slot.node.prepend(notice);
    page.alerts.point(key, "Pas enregistré, à reprendre ou à effacer :", slot);
    announce(words);
    saver.offers.push({ mark: markOf(copy.value), close });
}

/* Taking a text back replaces another: one press undoes it. */
function offerUndo(saver, before) {
    const { slot } = saver;
    const undo = button("Revenir au texte d’avant", () => {
        slot.focus();
        notice.remove();
        slot.value = before;
        saver.save();
    });
    const words = element("p", {}, "Texte repris.");
    const notice = element("div", { class: "notice notice-success slot-offer" }, words, undo);
    slot.node.prepend(notice);
}
