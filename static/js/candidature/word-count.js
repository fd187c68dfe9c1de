/* « 212 mots sur 300 » under a long text. Too many words are still saved: the deposit asks for fewer. */
import { describe, later } from "./dom.js";
import { whenChanged } from "./slot.js";

const PAUSE = 150; // milliseconds

export function countWords(slot) {
    const count = slot.node.querySelector("[data-words]");
    const [field] = slot.controls;
    if (!count || !field) return;
    const most = Number(slot.node.dataset.maxWords);
    const show = () => {
        const words = field.value.split(/\s+/).filter(Boolean).length;
        const excess = words - most;
        count.classList.toggle("word-count-over", excess > 0);
        count.textContent = `${number(words)} mot${words > 1 ? "s" : ""} sur ${number(most)}`;
        if (excess > 0) count.append(` : ${number(excess)} de trop pour déposer`);
    };
    count.id = `${slot.id}-words`;
    describe(field, count.id); // heard when one comes to the field, not at each word
    show();
    slot.warn(""); // the count says it
    whenChanged(slot.node, later(PAUSE, show));
}

function number(value) {
    return value.toLocaleString("fr-FR");
}
