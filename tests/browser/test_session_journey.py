"""From the open seal to the letters: a session of nine seats on twelve files, its minutes, its record, its results."""

import email
import email.policy
import json
import re
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, receiving_mail, sign_in
from tests.browser.session_ground_facts import ABSENT, FILES, HOLDER, RECUSED, SEATS, TIED, fate_of
from tests.server import PREPARATION, ROOT, Portal

REASON = "Le comité a lu ce dossier de près : {}."
POINT = "Précisez le plan de financement."
CONDITIONS = "Signer le bail avant l’été."
REMARK = "La discussion sur le premier dossier a duré plus longtemps."
OUTCOMES = {
    "label": "Labelliser",
    "conditions": "Labelliser sous conditions",
    "reserve": "Inscrire en réserve",
    "defer": "À consolider",
    "reject": "Ne pas retenir",
}
SENTENCES = {
    "label": "Le comité labellise la candidature.",
    "conditions": "Le comité labellise la candidature sous conditions.",
    "reserve": "Le comité inscrit la candidature en réserve",
    "defer": "à consolider",
    "reject": "Le comité ne retient pas la candidature.",
}
LETTERS = {
    "label": "labellisée",
    "conditions": "sous",
    "reserve": "en réserve",
    "defer": "à consolider",
    "reject": "pas retenue",
}


@pytest.fixture(scope="module")
def mailbox():
    with receiving_mail() as box:
        yield box


@pytest.fixture(scope="module")
def portal(tmp_path_factory, mailbox):
    """A portal of this module's own: its server is killed midway."""
    portal = Portal(tmp_path_factory.mktemp("session"), mailbox.port)
    for arguments in PREPARATION:
        portal.manage(*arguments)
    with portal.serving():
        yield portal


@pytest.fixture(scope="module")
def ground(portal) -> dict:
    command = [sys.executable, "-m", "tests.browser.session_ground"]
    environment = portal.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def number_in(page) -> int:
    return int(re.search(r"COMITE-(\d{4})", page.url)[1])


def labelled(page, label):
    """The field of this label, which the admin ends with a colon."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}\s*:?$"))


def fill(page, label, text):
    """By keyboard, whatever the field held."""
    labelled(page, label).focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def press(page, name):
    """A button or a link of the page, by keyboard."""
    target = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
    target.focus()
    page.keyboard.press("Enter")


# The session


def convene(chair, ground):
    chair.goto(f"/admin/phases/{ground['phase']}/")
    press(chair, "Convoquer une séance")
    moment = timezone.localtime() + timedelta(hours=1)
    chair.get_by_label("Date", exact=True).fill(f"{moment:%Y-%m-%d}")
    chair.get_by_label("Heure", exact=True).fill(f"{moment:%H:%M}")
    fill(chair, "Lieu", "Salle des conseils")
    fill(chair, "Secrétaire de séance", "Une secrétaire")
    press(chair, "Convoquer la séance")
    chair.wait_for_url(re.compile(r"/admin/seances/\d+/"))


def seat(page, places: dict):
    """Note where some seats stand: the beginning of the line to choose in the list of each."""
    for number, words in places.items():
        field = labelled(page, f"Organisation n° {number}")
        option = field.locator("option").filter(has_text=words).first
        field.select_option(option.get_attribute("value"))
    with page.expect_navigation():
        press(page, "Noter les présences")


def open_with_the_quorum(chair):
    """Four seats are not enough of nine; with the others and a power, the session opens."""
    seat(chair, dict.fromkeys((1, 2, 3, 4), "Présent"))
    with chair.expect_navigation():
        chair.keyboard.press("Alt+o")
    expect(chair.locator(".room-quorum-lost")).to_contain_text("Le quorum n’est pas atteint")
    expect(chair.get_by_text("Convoquée")).to_be_visible()
    seat(chair, dict.fromkeys((5, 6, 7, 9), "Présent") | {ABSENT: f"Pouvoir à Organisation n° {HOLDER}"})
    expect(chair.locator(".room-quorum")).to_contain_text("9 voix")
    chair.keyboard.press("Alt+o")
    expect(chair.locator(".lead")).to_contain_text("En séance")


def write_decision(page, number):
    """The outcome, its reason and what it needs, by keyboard; saved as it is typed."""
    outcome = fate_of(number)
    page.get_by_role("radio", name=OUTCOMES[outcome], exact=True).focus()
    page.keyboard.press("Space")
    fill(page, "Motif", REASON.format(number))
    if outcome == "conditions":
        fill(page, "Conditions du label", CONDITIONS)
    if outcome in ("defer", "reject"):
        fill(page, "Point 1, à améliorer", POINT)
    expect(page.locator("[data-state]")).to_contain_text("Enregistré")


def vote(page, number):
    """Read back, then counted: one against in every third file."""
    page.keyboard.press("Alt+r")
    page.wait_for_url(re.compile("/relire/"))
    expect(page.locator(".room-sentence")).to_contain_text(SENTENCES[fate_of(number)])
    expect(page.locator(".room-back")).to_contain_text(REASON.format(number))
    voices = int(page.locator(".room-voices strong").inner_text())
    against = int(number % 3 == 0)
    for label, value in {"Pour": voices - against, "Contre": against, "Abstentions": 0}.items():
        fill(page, label, str(value))
    page.keyboard.press("Alt+c")
    page.wait_for_url(lambda url: "/relire/" not in url)


def lose_the_quorum_and_regain_it(chair):
    """Five leave: what is decided waits; they come back, and it is recorded."""
    chair.keyboard.press("Alt+p")
    chair.wait_for_url(re.compile(r"/admin/seances/\d+/#presences"))
    seat(chair, dict.fromkeys((2, 3, 4, 5, 6), "Absent"))
    expect(chair.locator(".room-quorum-lost")).to_contain_text("Aucune décision ne peut être consignée")
    chair.keyboard.press("Alt+d")
    expect(chair.locator(".room-quorum-lost")).to_be_visible()
    chair.keyboard.press("Alt+p")
    chair.wait_for_url(re.compile(r"/admin/seances/\d+/#presences"))
    seat(chair, dict.fromkeys((2, 3, 4, 5, 6), "Présent"))
    expect(chair.locator(".room-quorum")).to_contain_text("Quorum atteint")
    chair.keyboard.press("Alt+d")
    chair.wait_for_url(re.compile(r"/COMITE-\d{4}/"))


def survive_a_power_cut(chair, portal, number):
    """What was typed before the cut is there after it, not yet recorded."""
    write_decision(chair, number)
    portal.crash()
    chair.reload()
    expect(labelled(chair, "Motif")).to_have_value(REASON.format(number))
    expect(chair.get_by_role("radio", name=OUTCOMES[fate_of(number)], exact=True)).to_be_checked()


def deliberate(chair, portal):
    """Every file of the agenda, one after the other, without the mouse."""
    chair.keyboard.press("Alt+n")
    for place in range(1, FILES + 1):
        chair.wait_for_url(re.compile(r"/seances/\d+/COMITE-\d{4}/$"))
        number = number_in(chair)
        if number == RECUSED[1]:
            expect(chair.locator(".room-out")).to_contain_text(f"Organisation n° {RECUSED[0]}")
            expect(chair.locator(".room-figures")).to_contain_text(re.compile(r"Voix\s*8"))
        if place == 3:
            lose_the_quorum_and_regain_it(chair)
        if place == 5:
            survive_a_power_cut(chair, portal, number)
        else:
            write_decision(chair, number)
        vote(chair, number)
    expect(chair.locator(".agenda-decided")).to_have_count(FILES)


def close(chair):
    press(chair, "Lever la séance")
    expect(chair.get_by_text("Tous les dossiers de l’ordre du jour ont une décision")).to_be_visible()
    press(chair, "Lever la séance")
    expect(chair.locator(".lead")).to_contain_text("Levée")


# What comes out of it


def approve_the_minutes(chair, team, member, recused):
    """The team submits them, a member remarks, a recused seat reads all but its file, the chair approves."""
    press(chair, "Procès-verbal")
    chair.wait_for_url(re.compile("/proces-verbal/"))
    minutes = re.search(r"/admin/seances/\d+/proces-verbal/", chair.url)[0]
    team.goto(minutes)
    press(team, "Soumettre aux remarques")
    expect(team.get_by_role("button", name="Soumettre aux remarques")).to_have_count(0)
    member.goto(minutes)
    fill(member, "Votre remarque", REMARK)
    press(member, "Ajouter la remarque")
    expect(member.get_by_text(REMARK)).to_be_visible()
    recused.goto(minutes)
    expect(recused.get_by_text(REASON.format(RECUSED[1]))).to_have_count(0)
    expect(recused.get_by_text(REASON.format(RECUSED[1] + 1))).to_have_count(1)
    chair.goto(minutes)
    expect(chair.get_by_text(REMARK)).to_be_visible()
    press(chair, "Approuver le procès-verbal")
    expect(chair.get_by_text("Empreinte SHA-256 du contenu approuvé")).to_be_visible()
    with chair.expect_download() as download:
        press(chair, "Télécharger le PDF")
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def recompute_the_record(team, ground, folder):
    """The file verifies itself on a bare Python; one changed mark is found, and named."""
    team.goto(f"/admin/phases/{ground['phase']}/dossier-scelle/")
    with team.expect_download() as download:
        press(team, "Télécharger le dossier scellé")
    with zipfile.ZipFile(download.value.path()) as archive:
        archive.extractall(folder)
    [record] = folder.glob("*.json")

    def verify():
        command = [sys.executable, "-I", "-S", "verify_record.py", record.name]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")

    assert verify().returncode == 0, verify().stdout
    told = json.loads(record.read_text(encoding="utf-8"))
    changed = told["files"][0]["reviews"][0]["marks"]
    key = next(iter(changed))
    changed[key] = "0" if changed[key] != "0" else "1"
    record.write_text(json.dumps(told), encoding="utf-8")
    assert verify().returncode == 1
    assert told["files"][0]["reference"] in verify().stdout


def proclaim(team, ground):
    """Read what will happen, give a name, then make it happen."""
    team.goto(f"/admin/phases/{ground['phase']}/")
    press(team, "Préparer la proclamation")
    for words in ("communiqué", "lire le projet de lettre"):
        expect(team.get_by_text(re.compile(words, re.IGNORECASE)).first).to_be_visible()
    team.get_by_label("Nom publié de COMITE-0001").fill("Ville d’essai, le premier nom")
    with team.expect_navigation():
        press(team, "Enregistrer les noms")
    expect(team.get_by_label("Nom publié de COMITE-0001")).to_have_value("Ville d’essai, le premier nom")
    team.get_by_role("radio", name="Maintenant").check()
    team.get_by_label("Je proclame ces résultats").check()
    press(team, "Proclamer les résultats")
    expect(team.locator(".messagelist")).to_be_visible()


def check_letters(portal, mailbox):
    """Each carrier gets its own decision once, its PDF attached; sending again sends nothing."""
    for _ in range(2):
        portal.manage("send_queued_mail")
    for number in range(1, FILES + 1):
        address = f"porteur{number}@comite.example"
        received = [envelope for envelope in mailbox.messages if address in envelope.rcpt_tos]
        assert len(received) == 1, address
        message = email.message_from_bytes(received[0].content, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        assert LETTERS[fate_of(number)] in text.replace("\n", " ")
        assert REASON.format(number) in text
        [letter] = list(message.iter_attachments())
        assert letter.get_content_type() == "application/pdf"
        assert letter.get_content().startswith(b"%PDF-")


def check_what_people_see(visitor, applicant, portal):
    visitor.goto("/laureats/?q=premier+nom")
    visitor.get_by_role("link", name="Ville d’essai, le premier nom").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("le premier nom")
    applicant.goto("/compte/connexion/?next=/candidatures/COMITE-0001/")
    applicant.get_by_role("textbox", name="Courriel").fill("porteur1@comite.example")
    applicant.locator("input[type=password]").fill(PASSWORD)
    applicant.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    expect(applicant.get_by_role("main")).to_contain_text(REASON.format(1))


def test_session_goes_from_the_call_of_the_files_to_the_letters(open_page, portal, ground, mailbox, tmp_path):
    chair, member, recused, team = (open_page() for _ in range(4))
    for page, name in ((chair, "siege1"), (member, "siege2"), (recused, f"siege{RECUSED[0]}"), (team, "equipe")):
        sign_in(page, name, then="/admin/")

    convene(chair, ground)
    open_with_the_quorum(chair)
    deliberate(chair, portal)
    close(chair)

    approve_the_minutes(chair, team, member, recused)
    recompute_the_record(team, ground, tmp_path)
    proclaim(team, ground)
    check_letters(portal, mailbox)
    check_what_people_see(open_page(), open_page(), portal)
    assert (SEATS, TIED) == (9, (1, 2))
