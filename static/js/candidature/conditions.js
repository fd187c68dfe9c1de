/* Questions that are asked only when another answer calls for them. Without this script they all show. */
import { announce } from "./dom.js";
import { whenChanged } from "./slot.js";

export function watchConditions(slots) {
    for (const slot of slots) {
        const { condition, conditionValue } = slot.node.dataset;
        const other = condition && slots.find(({ id }) => id === condition);
        if (!other) continue; // asked in another section: the page says already whether it holds
        const judge = () => (slot.node.hidden = !isMet(other, conditionValue));
        judge();
        slot.node.querySelector(".slot-condition").hidden = true; // it says to skip what now shows only when asked
        whenChanged(other.node, () => {
            const wasHidden = slot.node.hidden;
            judge();
            if (wasHidden && !slot.node.hidden) announce(`Une question de plus : ${slot.label}`);
        });
    }
}

function isMet(other, expected) {
    return JSON.parse(other.value).some(([, text]) => text === expected);
}
