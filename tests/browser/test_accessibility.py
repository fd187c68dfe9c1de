"""Every page of ours, looked at by axe in light and dark at two widths, and at 320 px without sideways scrolling."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in

SECTIONS = [
    "porteurs",
    "contacts",
    "projet",
    "territoire",
    "formation",
    "sites",
    "partenaires",
    "financement",
    "calendrier",
    "gouvernance",
    "pieces",
]
PAGES = {  # who looks: their pages; after each « > », a link to follow; in braces, what `prepared` made
    None: [
        "/",
        "/laureats/",
        "/laureats/?region=32&q=saint",
        "/laureats/?q=introuvable",
        "/laureats/annee/2020-2021/",
        "/carte/",
        "/chiffres/",
        "/donnees/",
        "/carte/?region=44",
        "/laureats/arras/",
        "/appels/",
        "/appels/ami-2/",
        "/appels/demonstration/",
        "/eligibilite/",
        "/eligibilite/?territoire=28134",
        "/eligibilite/?territoire=zzzz",
        "/territoires/?q=dreux",
        "/recepisses/",
        "/recepisses/?numero=DEMO-0013-1&code={code}",
        "/recepisses/?numero=DEMO-0013-1&code=2222-2222-2222",
        "/compte/connexion/",
        "/compte/connexion/code/",
        "/compte/inscription/",
        "/accessibilite/",
        "/mentions-legales/",
        "/donnees-personnelles/",
        "/introuvable/",
    ],
    "epci": [
        "/candidatures/",
        "/candidatures/nouvelle/demonstration/",
        "/candidatures/DEMO-0016/",
        *(f"/candidatures/DEMO-0016/rubriques/{section}/" for section in SECTIONS),
        "/candidatures/DEMO-0016/rubriques/partenaires/ > Modifier",
        "/candidatures/DEMO-0016/rubriques/pieces/ > Retirer",
        "/candidatures/DEMO-0016/deposer/",
        "/candidatures/DEMO-0001/",
        "/candidatures/DEMO-0004/presenter-de-nouveau/",
        "/candidatures/DEMO-0013/",
        "/candidatures/DEMO-0013/equipe/",
        "/candidatures/DEMO-0013/versions/",
        "/candidatures/DEMO-0013/textes-mis-de-cote/",
        "/candidatures/DEMO-0013/pieces/anterieures/",
        "/candidatures/DEMO-0013/deposer-de-nouveau/",
        "/candidatures/DEMO-0013/abandonner-les-modifications/",
        "/candidatures/DEMO-0013/retirer/",
        "/candidatures/invitations/{closed}/",
    ],
    "commune-epci": [
        "/candidatures/DEMO-0002/",
        "/candidatures/DEMO-0011/",
        "/candidatures/DEMO-0012/",
        "/candidatures/DEMO-0012/rubriques/projet/",
        "/candidatures/DEMO-0012/rubriques/sites/",
        "/candidatures/DEMO-0012/rubriques/pieces/",
        "/candidatures/DEMO-0012/deposer-les-complements/",
        "/candidatures/DEMO-0012/messages/",
        "/candidatures/DEMO-0015/",
        "/candidatures/DEMO-0015/annuler-le-retrait/",
        "/candidatures/invitations/{open}/",
        "/compte/",
        "/compte/second-facteur/",
        "/compte/second-facteur/cles/",
    ],
    "consortium": [
        "/candidatures/DEMO-0007/",
        "/candidatures/DEMO-0007/rubriques/financement/",
        "/candidatures/DEMO-0007/versions/?de=1&a=2",
        "/candidatures/DEMO-0007/recepisse/1/",
        "/candidatures/DEMO-0007/recepisse/2/",
        "/candidatures/DEMO-0014/equipe/",
        "/candidatures/DEMO-0014/equipe/ > Confier la responsabilité",
        "/candidatures/DEMO-0014/equipe/ > Retirer",
        "/candidatures/DEMO-0017/",
        "/candidatures/DEMO-0017/deposer/",
        "/candidatures/DEMO-0017/messages/",
        "/candidatures/invitations/{open}/",
    ],
    "consortium-3": [
        "/candidatures/DEMO-0014/",
        "/candidatures/DEMO-0014/rubriques/porteurs/",
        "/candidatures/DEMO-0014/rubriques/pieces/",
        "/candidatures/DEMO-0014/equipe/",
        "/candidatures/DEMO-0014/equipe/quitter/",
        "/candidatures/DEMO-0014/messages/",
    ],
    "presidence": [
        "/admin/",
        "/admin/comite/",
        "/admin/comite/DEMO-0007/",
        "/admin/comite/DEMO-0007/deport/",
        "/admin/comite/DEMO-0007/versions/",
        "/admin/comite/DEMO-0001/",
        "/admin/comite/mandats/",
        "/admin/liens/",
        "/admin/liens/ > Confirmer le déport",
        "/admin/phases/{sealed}/",
        "/admin/phases/{sealed}/couverture/",
        "/admin/phases/{sealed}/relance/",
        "/admin/phases/{sealed}/scelle/",
        "/admin/phases/{opened}/",
        "/admin/phases/{opened}/classement/",
        "/admin/phases/{opened}/classement/hypothese/",
        "/admin/phases/{opened}/DEMO-0001/",
        "/admin/phases/{sealed}/DEMO-0008/deport/",
    ],
    "equipe": [
        "/admin/",
        "/admin/applications/candidature/",
        "/admin/applications/candidature/?q=DEMO-0012 > DEMO-0012",
        "/admin/applications/candidature/?q=DEMO-0012 > DEMO-0012 > Déclarer irrecevable",
        "/admin/applications/candidature/?q=DEMO-0012 > DEMO-0012 > Lire et répondre",
        "/admin/applications/candidature/?q=DEMO-0012 > DEMO-0012 > Reporter l’échéance",
        "/admin/applications/candidature/?q=DEMO-0017 > DEMO-0017",
        "/admin/applications/candidature/?q=DEMO-0017 > DEMO-0017 > Accorder un délai",
        "/admin/applications/candidature/?q=DEMO-0017 > DEMO-0017 > Inviter un nouveau responsable",
        "/admin/recevabilite/DEMO-0012/",
        "/admin/liens/",
        "/admin/phases/{opened}/classement/",
        "/admin/phases/{sealed}/relance/",
    ],
}
PREPARATION = """
from accounts.models import User
from applications.models import Answer, Candidature, Invitation, JoinRequest, SetAside
from applications.receiving import take_away

file = Candidature.objects.get(call__slug="demonstration", number=13)
lead = file.memberships.get().user
answer = file.answers.get(question__code="needs")
Answer.write(file, answer.question, "Des besoins récrits depuis le dépôt.", lead, answer.version)
SetAside.keep(file, "Des besoins écrits en même temps.", lead, SetAside.Reason.CONFLICT, answer.question)
take_away(file.attachments.filter(question__code="premises_plan").first())
JoinRequest.make(file, User.objects.get(email="consortium-2@demo.example"), "Je suis de l’agglomération.")
open = Invitation.send(file, "commune-epci@demo.example", "editor", lead)
closed = Invitation.send(Candidature.objects.get(call__slug="demonstration", number=17), "epci@demo.example", "reader",
    User.objects.get(email="consortium@demo.example"))
closed.cancel(User.objects.get(email="consortium@demo.example"))
opened, sealed = file.call.phases.order_by("number")[:2]
print(f"code={file.submissions.get().code} open={open.token} closed={closed.token}")
print(f"opened={opened.pk} sealed={sealed.pk}")
"""


@pytest.fixture(scope="module")
def prepared(portal) -> dict[str, str]:
    """DEMO-0013 is being written again, somebody is invited to it and somebody asks to join it."""
    return dict(re.findall(r"(\w+)=(\S+)", portal.manage("shell", "--command", PREPARATION)))


@pytest.mark.parametrize("who", PAGES)
def test_page_has_no_fault(open_page, axe, prepared, who):
    page = open_page()
    if who:
        sign_in(page, who)
    found = {}
    for where in PAGES[who]:
        visit(page, where.format(**prepared))
        found[where] = faults(page, axe)
    assert {where: each for where, each in found.items() if each} == {}


def visit(page, where):
    path, *links = where.split(" > ")
    page.goto(path)
    for link in links:
        before = page.url
        page.get_by_role("main").get_by_role("link", name=link).first.click()
        page.wait_for_url(lambda url, before=before: url != before)


SETTLED = """async () => {  // what scripts change at this width is drawn, then colours that fade have their last value
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    document.getAnimations().forEach((each) => each.finish());
}"""


def faults(page, axe) -> list:
    """What axe finds in light and in dark, on a screen and on a phone; how wide the page is when 320 px do not hold it.

    The page stays as it is meanwhile: nothing is asked of the server again.
    """
    found = []
    for width in (1280, 375):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)
            found += [(width, scheme, *each) for each in violations(page, axe)]
    page.set_viewport_size({"width": 320, "height": 900})
    needed = page.evaluate("document.documentElement.scrollWidth")
    return found + ([(320, needed)] if needed > 320 else [])


def violations(page, axe) -> list:
    found = axe.run(page).response["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found]


# Pages that answer a form


def refused_answer(page):
    """Where scripts run: beside the field that was just left."""
    sign_in(page, "epci", then="/candidatures/DEMO-0016/rubriques/formation/")
    page.get_by_label("Personnes formées la première année").fill("une centaine")
    page.get_by_label("Personnes formées la première année").blur()
    expect(page.locator(".field-error")).to_have_text("Saisissez un nombre entier.")


def refused_section(page):
    """Where none runs (axe itself needs some): the page comes back with a summary, which the browser goes to."""
    page.route("**/js/candidature/**", lambda route: route.abort())
    sign_in(page, "epci", then="/candidatures/DEMO-0016/rubriques/formation/")
    page.get_by_label("Personnes formées la première année").fill("une centaine")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("alert")).to_contain_text("Il reste à corriger")


def refused_carrier(page):
    sign_in(page, "epci", then="/candidatures/DEMO-0016/rubriques/porteurs/")
    page.locator("summary").click()
    page.get_by_role("button", name="Ajouter ce porteur").click()
    expect(page.get_by_role("alert")).to_be_visible()


def refused_invitation(page):
    sign_in(page, "epci", then="/candidatures/DEMO-0016/equipe/")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("alert")).to_be_visible()


def existing_candidature(page):
    sign_in(page, "epci", then="/candidatures/nouvelle/demonstration/")
    field = page.get_by_label("Commune ou intercommunalité")
    field.fill("200067791")
    field.press("Enter")  # a list may have opened over the button
    expect(page.get_by_role("heading", name="Une candidature existe déjà")).to_be_visible()


def asking_to_join(page):
    existing_candidature(page)
    page.get_by_role("link", name="demander à la rejoindre").click()
    expect(page.get_by_role("button", name="Envoyer la demande")).to_be_visible()


def refused_deposit(page):
    sign_in(page, "epci", then="/candidatures/DEMO-0013/deposer-de-nouveau/")
    page.get_by_role("button", name="Déposer de nouveau").click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez cette case")


ANSWERS = [
    refused_answer,
    refused_section,
    refused_carrier,
    refused_invitation,
    existing_candidature,
    asking_to_join,
    refused_deposit,
]


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("lead_to", ANSWERS)
def test_answer_to_a_form_has_no_fault(open_page, axe, lead_to):
    page = open_page()
    lead_to(page)
    assert faults(page, axe) == []


def test_public_page_asks_nothing_of_another_host_and_leaves_no_cookie(open_page, portal):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES[None][:12]:
        page.goto(path)
    assert [url for url in asked if not url.startswith((portal.url, "data:"))] == []
    assert page.context.cookies() == []
