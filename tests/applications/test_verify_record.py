"""The program that verifies a record, against random ones, changed ones and absurd ones."""

import json
import string
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications import rule
from applications.verify_record import (
    MARKS,
    SHAPE,
    Unreadable,
    demand,
    demand_sense,
    differences,
    hash_of,
    main,
    record_hash,
    review_hash,
)

START = datetime(2021, 6, 25, 23, 59, tzinfo=UTC)


def record_from(marks, weights, ties, moments) -> dict:
    """A record as the portal writes it: `marks` by file, seat and criterion, text or None; None for no review."""
    criteria = [
        {"id": key, "name": f"Critère {key}", "weight": weight, "tie_rank": tie}
        for key, (weight, tie) in enumerate(zip(weights, ties, strict=True), start=1)
    ]
    seats = [{"key": key, "name": f"Siège {key}", "voting": True} for key in range(1, 1 + max(map(len, marks)))]
    files = [file_from(number, *each) for number, each in enumerate(zip(marks, moments, strict=True), start=1)]
    content = {"max_mark": rule.MAX_MARK, "criteria": criteria}
    record = {
        "format": 1,
        "call": {"name": "Appel"},
        "phase": {"number": 1},
        "grid": {"number": 1, "content": content, "sha256": hash_of(content)},
        "seats": seats,
        "files": files,
        "ranking": ranking_of(files, criteria),
    }
    return record | {"sha256": record_hash(record), "made_at": START.isoformat()}


def file_from(number, reviews, hours) -> dict:
    reference = f"AMI2-{number:04}"
    return {
        "number": number,
        "reference": reference,
        "submitted_at": (START + timedelta(hours=hours)).isoformat(),
        "reviews": [
            review_from(reference, seat, given) for seat, given in enumerate(reviews, start=1) if given is not None
        ],
    }


def review_from(reference, seat, given) -> dict:
    marks = {str(key): mark for key, mark in enumerate(given, start=1)}
    sha256 = review_hash(reference, seat, marks)
    return {"seat": seat, "counts": True, "set_aside": False, "marks": marks, "sha256": sha256}


def ranking_of(files, criteria) -> list[dict]:
    given = [
        rule.File(
            file["number"],
            datetime.fromisoformat(file["submitted_at"]),
            {
                each["seat"]: {int(key): mark and Decimal(mark) for key, mark in each["marks"].items()}
                for each in file["reviews"]
            },
        )
        for file in files
    ]
    rules = [rule.Criterion(each["id"], each["weight"], each["tie_rank"]) for each in criteria]
    return [
        {
            "rank": place.rank,
            "reference": f"AMI2-{place.number:04}",
            "average": None if place.average is None else f"{place.average:.2f}",
            "ties": [None if each is None else f"{each:.2f}" for each in place.ties],
        }
        for place in rule.ranked(given, rules)
    ]


@st.composite
def records(draw):
    criteria = draw(st.integers(1, 4))
    weights = draw(st.lists(st.integers(1, 100), min_size=criteria, max_size=criteria))
    ties = draw(st.permutations([1, 2, None, None]))[:criteria]
    review = st.none() | st.lists(st.none() | st.sampled_from(MARKS), min_size=criteria, max_size=criteria)
    seats = draw(st.integers(1, 4))
    marks = draw(st.lists(st.lists(review, min_size=seats, max_size=seats), min_size=1, max_size=5))
    moments = draw(st.lists(st.integers(0, 3), min_size=len(marks), max_size=len(marks)))
    return record_from(marks, weights, ties, moments)


@pytest.fixture
def record():
    return record_from([[["4.0", "3.5"], ["5.0", None]], [["4.0", "4.0"], None]], [2, 3], [1, None], [0, 1])


def said(record, path, capsys) -> tuple[int, str]:
    path.write_text(json.dumps(record) if not isinstance(record, str) else record)
    code = main([str(path)])
    return code, capsys.readouterr().out


# Random records


@given(records())
def test_random_record_verifies(record):
    assert differences(record) == []


@given(st.data())
def test_any_one_changed_mark_is_named(data):
    record = data.draw(records().filter(lambda each: any(file["reviews"] for file in each["files"])))
    file = data.draw(st.sampled_from([file for file in record["files"] if file["reviews"]]))
    review = data.draw(st.sampled_from(file["reviews"]))
    key = data.draw(st.sampled_from(sorted(review["marks"])))
    before = review["marks"][key]
    review["marks"][key] = data.draw(st.sampled_from([mark for mark in (None, *MARKS) if mark != before]))

    found = differences(record)

    where = f"{file['reference']}, siège «\u00a0Siège {review['seat']}\u00a0», critère «\u00a0Critère {key}\u00a0»"
    was = "rien" if before is None else before.removesuffix(".0").replace(".", ",")
    assert [line for line in found if line.startswith(where) and line.endswith(f"{was} à la signature.")] != []
    assert found[-1].startswith("Empreinte du dossier")


@given(records(), st.data())
def test_any_other_change_is_seen(record, data):
    changed = deepcopy(record)
    line = data.draw(st.sampled_from(changed["ranking"]))
    what = data.draw(st.sampled_from(["rank", "average"]))
    line[what] = line["rank"] + 1 if what == "rank" else "12.34" if line["average"] != "12.34" else None

    found = differences(changed)

    noun = {"rank": "rang", "average": "moyenne"}[what]
    assert [words for words in found if words.startswith(f"{line['reference']}\u00a0: {noun}")] != []


# What is said


def test_equal_record_is_said_equal(record, tmp_path, capsys):
    code, words = said(record, tmp_path / "record.json", capsys)

    assert code == 0
    assert words.startswith("Appel, phase 1\nLe classement recalculé est égal à celui du dossier.\n")
    assert record["sha256"] in words


def test_average_that_differs_is_said_with_both_numbers(record, tmp_path, capsys):
    line = record["ranking"][0]
    line["average"] = "71.25"

    code, words = said(record, tmp_path / "record.json", capsys)

    assert code == 1
    assert "AMI2-0001\u00a0: moyenne 71,25 dans le dossier, 87,00 recalculée." in words


def rehashed(record) -> dict:
    return record | {"sha256": record_hash(record)}


def test_record_changed_then_hashed_again_is_still_caught(record):
    record["files"][0]["reviews"][0]["marks"]["1"] = "0.5"
    record["ranking"] = ranking_of(record["files"], record["grid"]["content"]["criteria"])

    (found,) = differences(rehashed(record))

    where = "AMI2-0001, siège «\u00a0Siège 1\u00a0», critère «\u00a0Critère 1\u00a0»"
    assert found == f"{where}\u00a0: 0,5 dans le dossier, 4 à la signature."


def test_two_changed_marks_of_a_review_are_said(record):
    record["files"][0]["reviews"][0]["marks"] = {"1": "0.5", "2": "0.5"}

    where = "AMI2-0001, siège «\u00a0Siège 1\u00a0»"
    assert f"{where}, plusieurs notes ne sont pas celles de la signature." in differences(record)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r["grid"]["content"]["criteria"][0].update(weight=9), "Grille\u00a0: elle a été changée."),
        (lambda r: r["files"][0]["reviews"][0].update(counts=False), "est écartée à tort"),
        (lambda r: r["seats"][0].update(voting=False), "compte à tort"),
        (lambda r: r["ranking"].pop(), "absent du classement, rang 2 recalculé."),
        (lambda r: r["files"].pop(), "classé, mais absent des dossiers."),
        (lambda r: r["ranking"][0]["ties"].append("3.00"), "note de départage 2 3,00 dans le dossier"),
        (lambda r: r["files"][0].update(submitted_at="2021-01-01T00:00:00"), None),
        (lambda r: r.update(decisions=["autre"]), "Empreinte du dossier"),
    ],
)
def test_each_kind_of_change_is_said(record, tmp_path, capsys, change, words):
    change(record)

    code, said_words = said(record, tmp_path / "record.json", capsys)

    assert code == (1 if words else 2)
    assert (words or "ne se lit pas") in said_words


# Absurd files


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "12",
        '"texte"',
        "{",
        "NaN",
        "\ufeff{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 10_000,
        '{"format": 1}',
        '{"format": true}',
    ],
)
def test_what_is_no_record_is_refused_in_words(tmp_path, capsys, text):
    code, words = said(text, tmp_path / "record.json", capsys)

    assert code == 2
    assert words.startswith(("Ce fichier n’est pas un JSON lisible", "Ce fichier n’est pas un dossier scellé"))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"PK\x03\x04", bytes(range(256))])
def test_binary_file_is_refused_in_words(tmp_path, capsys, data):
    path = tmp_path / "record.json"
    path.write_bytes(data)

    assert (main([str(path)]), capsys.readouterr().out) == (2, "Ce fichier n’est pas un JSON lisible.\n")


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["introuvable.json"], ["."], ["a\x00b"]])
def test_bad_command_line_is_refused_in_words(capsys, arguments):
    assert main(arguments) == 2
    assert capsys.readouterr().out != ""


ABSURD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(string.printable + "\ud800é\x00", max_size=5)
    | st.sampled_from([10**30, -1, "4.0", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+23:59", "1e999"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def places_in(value, path=()):
    """The path of each value inside a JSON value."""
    yield path
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from places_in(value[key], (*path, key))


@given(st.data())
def test_absurd_value_anywhere_never_breaks_the_program(data):
    record = record_from([[["4.0", "3.5"], ["5.0", None]], [["4.0", "4.0"], None]], [2, 3], [1, None], [0, 1])
    path = data.draw(st.sampled_from([each for each in places_in(record) if each]))
    parent = record
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = data.draw(ABSURD)
    loaded = json.loads(json.dumps(record))

    try:
        demand(loaded, SHAPE, "le tout")
        demand_sense(loaded)
    except Unreadable:
        return
    assert all(words.endswith(".") for words in differences(loaded))
