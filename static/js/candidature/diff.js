/* Where two texts differ, word by word: for each, a list of [piece of text, whether the other lacks it]. */
const MOST = 1_000_000; // pairs of words compared; beyond, what lies between the same start and end is one difference

export function differences(one, other) {
    const [first, second] = [words(one), words(other)];
    const start = sharedStart(first, second);
    const end = sharedEnd(first.slice(start), second.slice(start));
    const middles = [first.slice(start, first.length - end), second.slice(start, second.length - end)];
    const [mine, theirs] = compared(...middles);
    const whole = (middle, list) => [[list.slice(0, start), false], ...middle, [list.slice(list.length - end), false]];
    return [joined(whole(mine, first)), joined(whole(theirs, second))];
}

function words(text) {
    return text.match(/\s+|\S+/g) ?? [];
}

function sharedStart(first, second) {
    let count = 0;
    while (count < Math.min(first.length, second.length) && first[count] === second[count]) count++;
    return count;
}

function sharedEnd(first, second) {
    return sharedStart([...first].reverse(), [...second].reverse());
}

/* The longest words in common, in order, are the same; the others differ. */
function compared(first, second) {
    if (first.length * second.length > MOST) return [[[first, true]], [[second, true]]];
    const lengths = commonLengths(first, second);
    const [mine, theirs] = [[], []];
    let [i, j] = [0, 0];
    while (i < first.length && j < second.length) {
        if (first[i] === second[j]) {
            mine.push([[first[i++]], false]);
            theirs.push([[second[j++]], false]);
        } else if (lengths[i + 1][j] >= lengths[i][j + 1]) {
            mine.push([[first[i++]], true]);
        } else {
            theirs.push([[second[j++]], true]);
        }
    }
    return [
        [...mine, [first.slice(i), true]],
        [...theirs, [second.slice(j), true]],
    ];
}

/* How many words the ends of two lists have in common, from each pair of places. */
function commonLengths(first, second) {
    const lengths = Array.from({ length: first.length + 1 }, () => new Uint16Array(second.length + 1));
    for (let i = first.length - 1; i >= 0; i--) {
        for (let j = second.length - 1; j >= 0; j--) {
            lengths[i][j] =
                first[i] === second[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
        }
    }
    return lengths;
}

/* Neighbours of the same sort in one piece. */
function joined(pieces) {
    const whole = [];
    for (const [list, isDifferent] of pieces) {
        const text = list.join("");
        if (!text) continue;
        if (whole.at(-1)?.[1] === isDifferent) whole.at(-1)[0] += text;
        else whole.push([text, isDifferent]);
    }
    return whole;
}
