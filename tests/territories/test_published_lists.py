"""The lists as published, on the whole reference data.

They are not shipped with the project: they are tried where they lie beside it, as in continuous integration. Elsewhere
no test is made of them, and the summary of the run says so (`tests/conftest.py`).
"""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.conftest import PUBLISHED_LISTS

LISTS = [
    ("ACV", "liste-acv-com.csv", "235 membres dans 222 territoires"),
    ("TI", "liste-ti-membres.csv", "588 membres dans 149 territoires"),
]


if PUBLISHED_LISTS.is_dir():

    @pytest.mark.usefixtures("france")
    @pytest.mark.parametrize(("code", "name", "counts"), LISTS)
    def test_published_list_imports_without_an_error(code, name, counts):
        said = StringIO()

        call_command("import_programme", code, str(PUBLISHED_LISTS / name), "--complete", stdout=said)

        assert said.getvalue().endswith(f"{counts}. Liste enregistrée.\n")
        assert said.getvalue().count("Ligne") == 0
