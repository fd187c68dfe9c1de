"""How the checks of uploads refuse a file, said by the beginning of their sentences."""

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.uploads import KINDS, checked_type

MEGABYTE = 1024 * 1024  # bytes
EVERY_KIND = tuple(KINDS)
DAMAGED = "est illisible : il est abîmé ou incomplet"
LOCKED = "est protégé par un mot de passe"
MACROS = "contient des macros"
TRAP = "se déploie en une quantité de données démesurée"
PROGRAM = "contient un programme"
LAUNCH = "contient un lien qui lance un programme"
INCLUSION = "contient un autre fichier"


def refusal(name: str, content: bytes, kinds=EVERY_KIND, max_size=None) -> str:
    """Why a file is refused, its name and unbreakable spaces left out; empty if it is accepted."""
    try:
        checked_type(SimpleUploadedFile(name, content), kinds, max_size)
    except ValidationError as error:
        start, sentence = f"« {name} » ", error.message.replace("\N{NO-BREAK SPACE}", " ")
        assert sentence.startswith(start)
        assert sentence.endswith(".")
        return sentence.removeprefix(start)
    return ""


def reason(name: str, content: bytes) -> str:
    """The first sentence of a refusal: why, without what to do."""
    return refusal(name, content).partition(". ")[0]
