"""The sealed record of a phase: what it holds, who is given it and when, and that it verifies on a bare Python."""

import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Decision, Event, ForbiddenTransition, Recusal, Review
from applications.models.deposit import canonical_hash
from applications.sealed_record import export_record, record_of, record_zip, why_no_record
from applications.verify_record import differences, hash_of, record_hash
from tests.applications.committee_case import SECRET, committee_case, write_review
from tests.applications.ranking_case import add_review, ranking_case
from tests.applications.session_case import approve_minutes, decide, deliberate_on
from tests.factories import MemberFactory, SeatFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")

Outcome = Decision.Outcome
MARKS = [[[4, 4], [5, 3], [4, None]], [[4, 4], [4, 4], None], [[1, 2], [None, 3], [2, 2]]]


@pytest.fixture
def case():
    """Three files decided, the minutes approved."""
    case = ranking_case(MARKS, weights=(2, 3), ties=(0,), hours=(1, 2, 3))
    for file, outcome in zip(case.files, (Outcome.LABEL, Outcome.RESERVE, Outcome.REJECT), strict=True):
        decide(file, outcome)
    approve_minutes(case.phase)
    return case


def run(archive: bytes, folder, change=lambda record: None) -> subprocess.CompletedProcess:
    """Unzip and verify on a Python that has none of our packages, after `change` was made to the record."""
    zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
    (path,) = folder.glob("*.json")
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))
    command = [sys.executable, "-I", "-S", "verify_record.py", path.name]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


# What it holds


def test_record_holds_each_mark_the_ranking_of_the_portal_and_the_decisions(case):
    record = record_of(case.phase)

    first, second, third = (file.reference for file in case.files)
    assert [(line["rank"], line["reference"], line["average"]) for line in record["ranking"]] == [
        (1, second, "80.00"),
        (2, first, "78.67"),
        (3, third, "44.00"),
    ]
    marks = [list(review["marks"].values()) for review in record["files"][0]["reviews"]]
    assert marks == [["4.0", "4.0"], ["5.0", "3.0"], ["4.0", None]]
    assert [(each["reference"], each["outcome"], each["votes_for"]) for each in record["decisions"]] == [
        (first, "label", 3),
        (second, "reserve", 3),
        (third, "reject", 3),
    ]
    minutes = case.phase.sessions.get().minutes
    assert [(each["session"], each["sha256"]) for each in record["minutes"]] == [(1, minutes.sha256)]
    deposit = case.files[0].last_submission
    assert record["files"][0]["submission"] == {"version": deposit.number, "sha256": deposit.sha256}
    assert differences(record) == []


def test_record_hashes_as_the_portal_does_and_all_but_the_moment_it_was_made(case):
    record = record_of(case.phase)

    assert hash_of(record["grid"]["content"]) == canonical_hash(record["grid"]["content"])
    assert record_hash(record) == record["sha256"] == record_of(case.phase)["sha256"]
    assert record_hash(record | {"made_at": ""}) == record["sha256"]
    assert record_hash(record | {"rule": []}) != record["sha256"]


def test_review_set_aside_by_a_recusal_is_kept_and_does_not_count(case):
    Recusal.raise_for(case.files[2], case.members[1].seat, "Parenté", StaffFactory())

    record = record_of(case.phase)

    assert [(each["set_aside"], each["counts"]) for each in record["files"][2]["reviews"]] == [
        (False, True),
        (True, False),
        (False, True),
    ]
    assert record["files"][2]["recusals"] == [{"seat": case.members[1].seat_id, "whole_seat": True, "origin": "raised"}]
    assert differences(record) == []


def test_two_reviews_of_one_seat_one_of_them_set_aside_verify(case):
    member = MemberFactory(seat=case.members[1].seat, is_titular=False)
    Recusal.raise_for(case.files[2], member.seat, "Parenté", StaffFactory(), member=case.members[1])
    add_review(case.files[2], member, case.criteria, [5, 5])

    assert differences(record_of(case.phase)) == []


def test_seat_without_a_vote_is_told_and_does_not_count(case):
    seat = case.members[2].seat
    seat.is_voting = False
    seat.save()

    record = record_of(case.phase)

    assert [each["voting"] for each in record["seats"]] == [True, True, False]
    assert differences(record) == []


def test_record_names_nobody_and_quotes_nothing_that_a_person_wrote():
    case = committee_case()
    signer = case.people["signed"]
    write_review(case.file, case.members["unsigned"], 3, comment=SECRET)
    deliberate_on(case, reason="UNMOTIF")
    approve_minutes(case.phase)

    text = json.dumps(record_of(case.phase), ensure_ascii=False)

    names = [signer.full_name, signer.email, case.people["staff"].full_name]
    assert [word for word in (*names, SECRET, "UNMOTIF", case.file.title) if word in text] == []
    assert str(case.members["signed"].seat.organisation) in text


def test_phase_without_any_review_has_a_record_that_verifies():
    case = ranking_case([[None], [None]])
    decide(case.files[0])
    approve_minutes(case.phase)

    assert differences(record_of(case.phase)) == []


def test_record_takes_as_many_queries_for_three_files_as_for_one():
    def queries(size):
        case = ranking_case([[[3, 3]] * size] * size)
        for file in case.files:
            decide(file)
        approve_minutes(case.phase)
        with CaptureQueriesContext(connection) as captured:
            record_of(case.phase)
        return len(captured)

    assert queries(3) == queries(1)


# Who is given it


def test_record_waits_for_the_minutes():
    case = ranking_case(MARKS)
    staff = StaffFactory()
    assert why_no_record(case.phase, staff) == "Aucune séance n’a encore délibéré de cette phase."
    decide(case.files[0])
    session = case.phase.sessions.get()
    assert why_no_record(case.phase, staff) == "Une séance de cette phase n’est pas levée."
    session.close(staff, session.revision)
    assert why_no_record(case.phase, staff).startswith("Procès-verbal à approuver")
    with pytest.raises(ForbiddenTransition):
        export_record(case.phase, staff)
    approve_minutes(case.phase)
    assert why_no_record(case.phase, staff) == ""


def test_team_and_chair_are_given_the_record_and_nobody_else(case):
    assert why_no_record(case.phase, StaffFactory()) == ""
    assert why_no_record(case.phase, case.members[0].user) == ""
    for user in (case.members[1].user, MemberFactory(is_chair=True).user):
        assert why_no_record(case.phase, user).startswith("Le dossier scellé est remis à l’équipe")


def test_chair_recused_from_any_file_is_not_given_the_record(client, case):
    Recusal.raise_for(case.files[2], case.members[0].seat, "Élu du territoire", StaffFactory())
    client.force_login(case.members[0].user)

    response = client.post(reverse("admin:sealed_record", args=[case.phase.pk]), follow=True)

    assert "Vous êtes déporté d’un dossier de cette phase" in response.content.decode()
    assert not Event.objects.filter(verb="export_record").exists()


def test_handing_over_leaves_the_hash_in_the_journal_and_on_the_page(client, case):
    client.force_login(StaffFactory())
    page = reverse("admin:sealed_record", args=[case.phase.pk])

    response = client.post(page)

    archive = zipfile.ZipFile(io.BytesIO(response.content))
    name = f"dossier-scelle-{case.phase.call.slug}-phase-{case.phase.number}"
    assert sorted(archive.namelist()) == ["LISEZMOI.txt", f"{name}.json", "rule.py", "verify_record.py"]
    sha256 = json.loads(archive.read(f"{name}.json"))["sha256"]
    assert Event.objects.about(case.phase).get(verb="export_record").payload == {"sha256": sha256}
    assert sha256 in client.get(page).content.decode()
    assert sha256 in archive.read("LISEZMOI.txt").decode()
    assert f"{name}.zip" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_reading_the_page_hands_nothing_over(client, case):
    client.force_login(StaffFactory())

    client.get(reverse("admin:sealed_record", args=[case.phase.pk]))

    assert not Event.objects.filter(verb="export_record").exists()


# On a bare Python


def test_record_verifies_on_a_python_without_our_packages(case, tmp_path):
    result = run(record_zip(case.phase, record_of(case.phase)), tmp_path)

    assert (result.returncode, result.stderr) == (0, "")
    assert "Le classement recalculé est égal à celui du dossier." in result.stdout
    counted = Review.objects.counted().count()
    assert f"Candidatures classées\u00a0: 3. Évaluations comptées\u00a0: {counted}." in result.stdout


def test_changed_mark_is_named_on_a_python_without_our_packages(case, tmp_path):
    key = str(case.criteria[1].pk)

    def change(record):
        record["files"][0]["reviews"][1]["marks"][key] = "5.0"

    result = run(record_zip(case.phase, record_of(case.phase)), tmp_path, change)

    assert (result.returncode, result.stderr) == (1, "")
    reference, seat = case.files[0].reference, case.members[1].seat.organisation
    where = f"{reference}, siège «\u00a0{seat}\u00a0», critère «\u00a0{case.criteria[1].name}\u00a0»"
    assert f"{where}\u00a0: 5 dans le dossier, 3 à la signature." in result.stdout
    assert f"{reference}\u00a0: moyenne" in result.stdout
    assert "Empreinte du dossier\u00a0: elle ne correspond pas" in result.stdout


def test_verification_runs_from_the_project_too(case, tmp_path, settings):
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record_of(case.phase)))

    command = [sys.executable, "-m", "applications.verify_record", str(path)]
    result = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, encoding="utf-8", check=False)

    assert (result.returncode, result.stderr) == (0, "")


def test_same_record_gives_the_same_archive(case):
    record = record_of(case.phase)

    assert record_zip(case.phase, record) == record_zip(case.phase, record)


def test_seat_that_reviewed_nothing_and_an_empty_committee_are_no_trouble():
    case = ranking_case([[[3, 3]]])
    SeatFactory(call=case.phase.call, is_voting=False)
    decide(case.files[0])
    approve_minutes(case.phase)

    assert differences(record_of(case.phase)) == []
