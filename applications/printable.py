"""Text as the fonts of our documents can print it.

A tagged PDF must show every sign it holds, so Typst refuses a document with a sign that its fonts lack; scripts whose
letters combine may even crash it. What reaches Typst therefore goes through `printable` first.
"""

import unicodedata

MISSING = "▯"  # stands for a sign that cannot be printed; the document then says so
KEPT_SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
LINE_ENDS = "\n\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
WORD_BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0fc": "✓"}  # pasted from Word, in the places of its Symbol fonts
LONGEST_RUN = 40  # signs without a space that fit on a line, whatever they are
BREAK = "\N{ZERO WIDTH SPACE}"

PRINTED = (  # first and last of each range that the fonts embedded in Typst print whole, accents apart
    (0x0020, 0x02FF),  # Latin and its accents, phonetics
    (0x0370, 0x0482),  # Greek, Cyrillic
    (0x048A, 0x04FF),
    (0x05D0, 0x05EA),  # Hebrew and Arabic letters
    (0x0621, 0x063A),
    (0x0641, 0x064A),
    (0x1E00, 0x2040),  # Latin and Greek with several accents, punctuation
    (0x2044, 0x2052),
    (0x2054, 0x20C0),  # raised and lowered figures, currencies
    (0x2100, 0x211E),
    (0x2126, 0x2151),
    (0x2153, 0x2184),  # fractions, Roman figures
    (0x2190, 0x23FF),  # arrows, mathematics, technical signs
    (0x2460, 0x2606),  # circled figures, frames, squares, stars
    (0x2609, 0x262F),
    (0x270C, 0x2714),
    (0x27B1, 0x2BFF),
)


class _Signs(dict):
    """What is printed for each code point, worked out the first time it is met."""

    def __missing__(self, code: int) -> str:
        self[code] = _sign(chr(code))
        return self[code]


_signs = _Signs()


def _is_printed(char: str) -> bool:
    is_mark_or_control = unicodedata.category(char)[0] in "MC"
    return not is_mark_or_control and any(first <= ord(char) <= last for first, last in PRINTED)


def _sign(char: str) -> str:
    category = unicodedata.category(char)
    if char in LINE_ENDS:
        return "\n"
    if category[0] == "Z" or char in "\t\v\f\r\x85":
        return char if char in KEPT_SPACES else " "
    if category in ("Cc", "Cf", "Cs") or ord(char) in VARIATION_SELECTORS:
        return ""  # nothing to see: controls, direction marks, joiners, halves of a broken sign
    plain = WORD_BULLETS.get(char) or unicodedata.normalize("NFKC", char)
    if _is_printed(char):
        return char
    return plain if all(_is_printed(part) for part in plain) else MISSING


def printable(text: str) -> str:
    """`text` with only signs that print: invisible ones are left out, those that no font has become ▯.

    A run of more than 40 signs without a space (an address, a line of dashes) may be broken at the end of a line.
    """
    shown = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_signs)
    if len(shown) <= LONGEST_RUN:
        return shown
    return "".join(_breakable(run) for run in shown.splitlines(keepends=True))


def _breakable(line: str) -> str:
    words = line.split(" ")
    return " ".join(
        BREAK.join(word[start : start + LONGEST_RUN] for start in range(0, len(word), LONGEST_RUN)) for word in words
    )


def printable_data(value):
    """JSON `value` with every text in it made printable, keys apart."""
    match value:
        case str():
            return printable(value)
        case list():
            return [printable_data(item) for item in value]
        case dict():
            return {key: printable_data(item) for key, item in value.items()}
    return value
