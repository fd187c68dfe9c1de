"""A committee of nine seats before twelve files: scored by keyboard, twice recused, read again, unsealed, ranked."""

import json
import re
import subprocess
import sys
from fractions import Fraction

import pytest
from playwright.sync_api import expect

from tests.browser.committee_ground import FILES, SEATS, WEIGHTS
from tests.browser.conftest import sign_in
from tests.server import ROOT

DECLARED = (2, 2)  # the seat and the file of the recusal that a member declares
COMPUTED = (9, 4)  # of the one that the portal sees: the ninth organisation is a partner of the fourth file
COMPLETED = 5  # the file that changes version midway
EARLY = (1, 2, 3, 4)  # the seats that had signed it
PHONE = 3  # the seat that works at 375 px
NEW_VERSION = """
from accounts.models import User
from applications.models import Answer, Candidature
file = Candidature.objects.get(call__slug="comite", number={number})
staff = User.objects.get(email="equipe@demo.example")
lead = file.memberships.get().user
file.request_supplements(staff, "Précisez le public visé.")
file.answers.filter(question__code="summary").update(value="Le public visé est précisé.")
file.answer_supplements(lead)
file.admit(staff, "Complété comme demandé.")
"""


@pytest.fixture(scope="module")
def ground(portal) -> dict:
    command = [sys.executable, "-m", "tests.browser.committee_ground"]
    environment = portal.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def mark_of(seat, file, criterion) -> int:
    """From 2 to 5: no mark that the call asks to explain."""
    return (seat * 3 + file * 5 + criterion * (seat + file)) % 4 + 2


def expected_ranking() -> list[int]:
    """The numbers of the files, best first, by the rule in plain Python; at the same average the first deposited,
    the one that was completed last of all.
    """
    averages = {}
    for file in range(1, FILES + 1):
        totals = [
            sum(Fraction(mark_of(seat, file, number) * weight) for number, weight in enumerate(WEIGHTS))
            for seat in range(1, SEATS + 1)
            if (seat, file) not in (DECLARED, COMPUTED)
        ]
        averages[file] = int(sum(totals) * 100 / len(totals) / (5 * sum(WEIGHTS)) * 100 + Fraction(1, 2))
    return sorted(averages, key=lambda file: (-averages[file], file == COMPLETED, file))


def number_in(page) -> int:
    return int(re.search(r"/COMITE-(\d{4})/", page.url)[1])


def press(page, name):
    """A button or a link of the page, by keyboard."""
    target = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
    target.focus()
    page.keyboard.press("Enter")


def score(page, seat):
    """Three marks, an advice and a comment, then the signature; the page goes on to the next file by itself."""
    file = number_in(page)
    for criterion in range(len(WEIGHTS)):
        page.keyboard.press("Alt+g")
        page.keyboard.press(str(mark_of(seat, file, criterion)))
    page.get_by_role("radio", name="favorable", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_label("Appréciation d’ensemble").focus()
    page.keyboard.insert_text(f"Avis du siège {seat} sur le dossier {file}.")
    press(page, "Relire et signer")
    page.wait_for_url(re.compile("/signature/"))
    expect(page.get_by_role("cell", name=f"{mark_of(seat, file, 0)} sur 5").first).to_be_visible()
    is_last = page.get_by_role("button", name="Signer et passer").count() == 0
    press(page, "Signer l’évaluation" if is_last else "Signer et passer")
    page.wait_for_url(lambda url: "/signature/" not in url)


def score_all(page, seat, count):
    """Every file that waits for this seat, from the queue on."""
    page.goto("/admin/comite/")
    page.get_by_role("link", name=re.compile("^COMITE-")).first.focus()
    page.keyboard.press("Enter")
    for _ in range(count):
        page.wait_for_url(re.compile(r"/admin/comite/COMITE-\d{4}/"))
        score(page, seat)
    page.wait_for_url(re.compile(r"/admin/comite/(#.*)?$"))


def step_aside(page):
    """The member of the second seat declares a link with the second file."""
    page.goto(f"/admin/comite/COMITE-{DECLARED[1]:04d}/deport/")
    page.get_by_label("Motif").fill("J’ai conseillé cette ville.")
    press(page, "Se déporter de ce dossier")
    expect(page.locator(".messagelist")).to_contain_text("vous est désormais fermé")


def settle(chair):
    """The link that the portal sees by itself keeps the ninth seat away, once the chair confirms it."""
    chair.goto("/admin/liens/")
    expect(chair.get_by_text("est partenaire de cette candidature")).to_be_visible()
    press(chair, re.compile("^Confirmer le déport"))
    chair.get_by_label("Motif").fill("L’organisation finance le projet.")
    press(chair, "Confirmer le déport")
    expect(chair.get_by_text("Aucun lien n’attend de décision")).to_be_visible()


def read_again(page, seat):
    """What was signed is open again; what changed is shown, the marks stay, and the seat signs the new version."""
    page.goto(f"/admin/comite/COMITE-{COMPLETED:04d}/")
    if seat == PHONE:
        page.get_by_role("tab", name="L’évaluation à lire").press("Enter")
    expect(page.get_by_text("Une version 2 a été déposée")).to_be_visible()
    expect(page.locator("#evaluation")).to_contain_text("ajouté : Le public visé est précisé")
    press(page, "Relire et signer")
    page.wait_for_url(re.compile("/signature/"))
    press(page, "Signer l’évaluation")
    expect(page.locator(".messagelist")).to_contain_text("Évaluation signée")


def references(page) -> list[int]:
    rows = page.get_by_role("region", name="Tableau du classement").get_by_role("rowheader").all_inner_texts()
    return [int(re.search(r"COMITE-(\d{4})", text)[1]) for text in rows]


def test_nine_seats_score_twelve_files_and_the_chair_reads_the_ranking(open_page, portal, ground):
    members = {seat: open_page(width=375 if seat == PHONE else 1280) for seat in range(1, SEATS + 1)}
    for seat, page in members.items():
        sign_in(page, f"siege{seat}", then="/admin/comite/")
    chair = members[1]
    step_aside(members[DECLARED[0]])
    settle(chair)
    for seat in EARLY:
        score_all(members[seat], seat, FILES - (seat == DECLARED[0]))
    portal.manage("shell", "--no-imports", "--command", NEW_VERSION.format(number=COMPLETED))
    for seat in EARLY:
        read_again(members[seat], seat)
    for seat in range(max(EARLY) + 1, SEATS + 1):
        score_all(members[seat], seat, FILES - (seat == COMPUTED[0]))
    assert members[COMPUTED[0]].goto(f"/admin/comite/COMITE-{COMPUTED[1]:04d}/").status == 404

    chair.goto(f"/admin/phases/{ground['phase']}/")
    # A seat away as a whole is expected no more; one whose member stepped aside may still be given a deputy.
    expect(chair.get_by_text(f"{SEATS * FILES - 2} sur {SEATS * FILES - 1}")).to_be_visible()
    press(chair, "Lever le scellé")
    press(chair, "Lever le scellé")
    chair.get_by_role("link", name="Le classement en détail").click()

    assert references(chair) == expected_ranking()
    try_another_rule(chair, ground)


def try_another_rule(chair, ground):
    """The median, without two seats: told as places that change, and never kept."""
    chair.goto(f"/admin/phases/{ground['phase']}/classement/hypothese/")
    expect(chair.get_by_text("Aucun dossier ne change de place")).to_be_visible()
    chair.get_by_role("checkbox", name="Organisation n° 7").check()
    chair.get_by_role("checkbox", name="Organisation n° 8").check()
    chair.get_by_role("radio", name="Médiane des sièges").check()
    press(chair, "Calculer")
    expect(chair.get_by_role("region", name="Ce qui changerait")).to_contain_text(
        re.compile(rf"\d+ dossiers sur {FILES}\s+changent de place")
    )
    chair.goto(f"/admin/phases/{ground['phase']}/classement/")
    assert references(chair) == expected_ranking()
