"""Our documents as tagged PDF: Typst sets them from `templates/documents/*.typ`.

What people wrote goes to it as JSON and is printed as it is: it is never part of a Typst source. The same data and
moment always give the same bytes.
"""

import json

import typst
from django.conf import settings

from .printable import MISSING, printable_data


def typeset(name: str, data: dict, dated) -> bytes:
    """The document `name` with `data`, which its template prints.

    Args:
        data: as JSON; signs that cannot be printed are replaced, and `has_missing_signs` tells it.
        dated: the moment that the document bears.
    """
    shown = printable_data(data)
    shown["has_missing_signs"] = MISSING in json.dumps(shown, ensure_ascii=False)
    return typst.compile(
        settings.BASE_DIR / f"templates/documents/{name}.typ",
        root=settings.BASE_DIR,
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(shown)},
        timestamp=int(dated.timestamp()),
    )


def in_groups(sha256: str) -> list[str]:
    """A SHA-256 in groups of eight signs, for the eye."""
    return [sha256[start : start + 8] for start in range(0, len(sha256), 8)]
