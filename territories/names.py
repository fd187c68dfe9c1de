"""How a name is compared: without accents, case, hyphens, articles, « St » for « Saint »."""

import re
import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})
SYNONYMS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
ARTICLES = {"le", "la", "les", "l", "de", "du", "des", "d"}
LINKS = {"en", "et", "a", "au", "aux", "sur", "sous"}  # never the first word of a part worth finding
KINDS = {
    "communaute communes": "cc",
    "communaute agglomeration": "ca",
    "communaute urbaine": "cu",
    "etablissement public territorial": "ept",
}


def normalise(text: str) -> str:
    """`text` as words of [a-z0-9] joined by one space; twice gives the same as once.

    « Saint-Laurent-du-Maroni », « St Laurent de Maroni » and « SAINT LAURENT MARONI » are one name.
    """
    letters = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    words = [SYNONYMS.get(word, word) for word in re.findall("[a-z0-9]+", plain)]
    kept = [word for word in words if word not in ARTICLES] or words[-1:]
    name = " ".join(kept)
    for words_of_kind, abbreviation in KINDS.items():
        name = re.sub(rf"\b{words_of_kind}\b", abbreviation, name)
    return name


def parts(name: str) -> list[str]:
    """The ends of a normalised name that start at a later word: « pays dreux » gives « dreux »."""
    words = name.split(" ")
    return [" ".join(words[start:]) for start in range(1, len(words)) if words[start] not in LINKS]
