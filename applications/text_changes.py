"""What changed between two texts, word by word, in a time that hardly grows faster than they do."""

import re
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import NamedTuple

SAME, ADDED, REMOVED, SKIPPED = "same", "added", "removed", "skipped"
TOKEN = re.compile(r"\w+[’']?|\s+|[^\w\s]")  # a word with its apostrophe, a run of spaces, a sign
SMALL = 1600  # product of the lengths, in tokens, up to which difflib looks for the best match
DEEPEST = 20  # levels of words that occur once between two others that do
LONG_SAME, CONTEXT = 60, 20  # words: unchanged runs longer than the first keep this many on each side


class Op(NamedTuple):
    """A run of text: `same`, `added`, `removed`, or `skipped` (what is left out, in words, of an excerpt)."""

    kind: str
    text: str


class _Block(NamedTuple):
    """`size` tokens that are the same from `old` in the first list and `new` in the second."""

    old: int
    new: int
    size: int


def text_changes(old: str, new: str) -> list[Op]:
    """The runs of text that lead from `old` to `new`, none of them empty.

    `same` and `removed` runs joined give `old`; `same` and `added` runs joined give `new`, to the last space. Words
    that occur once in both texts are matched first, then those that occur once between them, and so on; difflib
    matches what is left when it is short, and what is long is shown as replaced.
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    changes = _Changes()
    i = j = 0
    for block in [*_blocks(before, after), _Block(len(before), len(after), 0)]:
        changes.add("".join(before[i : block.old]), "".join(after[j : block.new]))
        i, j = block.old + block.size, block.new + block.size
        changes.keep("".join(before[block.old : i]))
    return changes.ops()


def excerpt(ops: list[Op]) -> list[Op]:
    """`ops` with each long unchanged run cut to the words around the changes."""
    last = len(ops) - 1
    return [part for place, op in enumerate(ops) for part in _cut(op, is_first=place == 0, is_last=place == last)]


def _cut(op: Op, *, is_first: bool, is_last: bool):
    words = list(re.finditer(r"\S+", op.text)) if op.kind == SAME else []
    if len(words) <= LONG_SAME:
        return [op]
    start = 0 if is_first else words[CONTEXT - 1].end()
    end = len(op.text) if is_last else words[-CONTEXT].start()
    skipped = len(words) - CONTEXT * (2 - is_first - is_last)
    kept = [Op(SAME, op.text[:start]), Op(SKIPPED, f"{skipped} mots inchangés"), Op(SAME, op.text[end:])]
    return [part for part in kept if part.text]


def _blocks(old: list, new: list, i=0, j=0, depth=0):
    """The blocks of same tokens of `old` and `new`, in order; `i` and `j` are where these lists start."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    if start:
        yield _Block(i, j, start)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    if middle_old and middle_new:
        yield from _middle(middle_old, middle_new, i + start, j + start, depth)
    if end:
        yield _Block(i + len(old) - end, j + len(new) - end, end)


def _common(old: list, new: list) -> int:
    """How many tokens both lists start with."""
    length = min(len(old), len(new))
    return next((place for place in range(length) if old[place] != new[place]), length)


def _middle(old: list, new: list, i: int, j: int, depth: int):
    anchors = _anchors(old, new) if depth < DEEPEST else []
    if anchors:
        a = b = 0
        for place_old, place_new in [*anchors, (len(old), len(new))]:
            yield from _blocks(old[a:place_old], new[b:place_new], i + a, j + b, depth + 1)
            a, b = place_old, place_new
    elif len(old) * len(new) <= SMALL:
        for a, b, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
            if size:
                yield _Block(i + a, j + b, size)


def _anchors(old: list, new: list) -> list[tuple[int, int]]:
    """Places of the tokens that occur once in each list, as many as stand in the same order in both."""
    once_old = {token for token, count in Counter(old).items() if count == 1}
    once_new = {token for token, count in Counter(new).items() if count == 1}
    where = {token: place for place, token in enumerate(new) if token in once_new}
    return _rising([(place, where[token]) for place, token in enumerate(old) if token in once_old and token in where])


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of `pairs`, already rising on the first side, that rises on the second one too."""
    tops: list[int] = []  # the lowest last place of a choice of each length
    ends: list[int] = []  # which pair ends it
    before = [-1] * len(pairs)
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        tops[length : length + 1] = [place]
        ends[length : length + 1] = [index]
        before[index] = ends[length - 1] if length else -1
    chosen, index = [], ends[-1] if ends else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]


class _Changes:
    """Runs gathered for people: a few words left between two larger changes are read as part of one change."""

    def __init__(self):
        self.runs = [["", "", ""]]  # removed, added, then what stays the same

    def add(self, removed: str, added: str):
        if self.runs[-1][2] and (removed or added):
            self.runs.append(["", "", ""])
        self.runs[-1][0] += removed
        self.runs[-1][1] += added

    def keep(self, same: str):
        self.runs[-1][2] += same

    def ops(self) -> list[Op]:
        merged = self.runs[:1]
        for run in self.runs[1:]:
            if _is_slight(merged[-1], run):
                removed, added, same = merged.pop()
                run = [removed + same + run[0], added + same + run[1], run[2]]
            merged.append(run)
        kinds = (REMOVED, ADDED, SAME)
        return [Op(kind, text) for run in merged for kind, text in zip(kinds, run, strict=True) if text]


def _is_slight(run: list[str], following: list[str]) -> bool:
    """Whether what stays the same between two changes says less than either of them."""
    same = run[2].strip()
    return any(run[:2]) and len(same) <= min(max(map(len, run[:2])), max(map(len, following[:2]))) // 3
