"""Rules no linter knows: the shape of the code base, checked like any other behaviour."""

import ast
import re

import pytest
from django.apps import apps
from django.conf import settings

from applications.models import TRANSITIONS

APPS = ["accounts", "territories", "applications", "labels"]
MAY_IMPORT = {  # imports go one way
    "accounts": {"accounts"},
    "territories": {"accounts", "territories"},
    "applications": {"accounts", "territories", "applications"},
    "labels": {"accounts", "territories", "applications", "labels"},
}
SOURCES = [
    path
    for folder in [*APPS, "config"]
    for path in sorted((settings.BASE_DIR / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.*"))
# Found by their name
LIBRARY_TEMPLATES = ("account/", "allauth/", "mfa/", "socialaccount/", "house/", "admin/", "403", "404", "500")
LONGEST_FILE, LONGEST_TEMPLATE, LONGEST_FUNCTION = 450, 130, 40  # lines; the aim is 400, 100 and 25


def relative(path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def imports_of(path) -> set[str]:
    """The top-level packages that a file imports, relative imports left out."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return whole | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }


def test_only_move_writes_the_status():
    writes = re.compile(r"\.status\s*=[^=]|update\([^)]*\bstatus=|\bstatus=Status\.\w+\)\.save")
    assert [relative(path) for path in SOURCES if writes.search(path.read_text())] == []


@pytest.mark.parametrize("app", APPS)
def test_imports_go_one_way(app):
    files = [path for path in SOURCES if path.is_relative_to(settings.BASE_DIR / app)]
    ours = {name for path in files for name in imports_of(path) if name.split(".")[0] in {*APPS, "config"}}
    assert {name for name in ours if name.split(".")[0] not in MAY_IMPORT[app]} == set()


def test_models_import_neither_forms_nor_views_nor_admin():
    models = [path for path in SOURCES if path.name == "models.py" or path.parent.name == "models"]
    layers = re.compile(r"^\s*(from|import) \S*(forms|views|admin|emails)\b", re.MULTILINE)
    assert [relative(path) for path in models if layers.search(path.read_text())] == []


def test_every_template_is_used():
    names = {str(path.relative_to(settings.BASE_DIR / "templates")) for path in TEMPLATES}
    code = "".join(path.read_text() for path in [*SOURCES, *TEMPLATES])
    unused = {name for name in names if f'"{name}"' not in code and not name.startswith(LIBRARY_TEMPLATES)}
    assert {name for name in unused if name.rpartition("/")[2].partition(".")[0] not in code} == set()


def test_templates_hold_no_inline_script_or_style():
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:")
    pages = [path for path in TEMPLATES if path.suffix == ".html"]
    assert [relative(path) for path in pages if inline.search(path.read_text())] == []


def test_verbose_names_start_in_lower_case():
    fields = [field for app in APPS for model in apps.get_app_config(app).get_models() for field in model._meta.fields]
    names = {str(field.verbose_name) for field in fields}
    assert {name for name in names if name[0].isupper() and name not in {"ID", "EPCI", "SIREN"}} == set()


def test_files_and_templates_stay_short():
    lengths = {relative(path): path.read_text().count("\n") for path in [*SOURCES, *TEMPLATES]}
    long = {
        name for name, lines in lengths.items() if lines > (LONGEST_FILE if name.endswith("py") else LONGEST_TEMPLATE)
    }
    assert long == set()


def test_functions_stay_short():
    functions = [
        (f"{relative(path)}:{node.name}", node.end_lineno - node.lineno + 1)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    assert [name for name, lines in functions if lines > LONGEST_FUNCTION] == []


def test_readme_shows_the_workflow_as_it_is():
    arrows = "\n".join(
        f"    {source} --> {transition.target}: {transition.label} ({transition.actor.label})"
        for transition in TRANSITIONS.values()
        for source in sorted(transition.sources)
    )
    assert f"stateDiagram-v2\n    [*] --> draft\n{arrows}\n" in (settings.BASE_DIR / "README.md").read_text()


def test_readme_stays_under_two_hundred_lines():
    assert (settings.BASE_DIR / "README.md").read_text().count("\n") < 200
