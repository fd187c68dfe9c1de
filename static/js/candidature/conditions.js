/* Questions that are asked only when another answer calls for them. Without this script they all show. */
import { announce } from "./dom.js";
import { whenChanged } from "./slot.js";

export function watchConditions(slots) {
    const conditioned = slots
        .map((slot) => ({ slot, other: slots.find(({ id }) => id === slot.node.dataset.condition) }))
        .filter(({ other }) => other); // asked in another section: the page says already whether it holds
    judge(conditioned);
    for (const { slot, other } of conditioned) {
        slot.node.querySelector(".slot-condition").hidden = true; // it says to skip what now shows only when asked
        whenChanged(other.node, () => {
            const hidden = conditioned.filter(({ slot: { node } }) => node.hidden);
            judge(conditioned);
            for (const { slot: each } of hidden) if (!each.node.hidden) announce(`Une question de plus : ${each.label}`);
        });
    }
}

/* A question that is not asked calls for no other: one pass for each link of the longest possible chain. */
function judge(conditioned) {
    for (const _ of conditioned) {
        for (const { slot, other } of conditioned) {
            slot.node.hidden = other.node.hidden || !isMet(other, slot.node.dataset.conditionValue);
        }
    }
}

function isMet(other, expected) {
    return JSON.parse(other.value).some(([, text]) => text === expected);
}
