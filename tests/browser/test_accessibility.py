"""Every page of ours, looked at by axe at two widths, and at 320 px without sideways scrolling."""

import pytest

from tests.browser.conftest import sign_in

PAGES = {  # who looks: their pages
    None: [
        "/",
        "/laureats/",
        "/laureats/?region=32&q=saint",
        "/laureats/?q=introuvable",
        "/laureats/annee/2020-2021/",
        "/laureats/arras/",
        "/appels/",
        "/appels/ami-2/",
        "/appels/demonstration/",
        "/eligibilite/",
        "/eligibilite/?territoire=28134",
        "/eligibilite/?territoire=zzzz",
        "/territoires/?q=dreux",
        "/compte/connexion/",
        "/compte/inscription/",
        "/accessibilite/",
        "/mentions-legales/",
        "/donnees-personnelles/",
        "/introuvable/",
    ],
    "commune-epci": [
        "/candidatures/",
        "/candidatures/nouvelle/demonstration/",
        "/candidatures/DEMO-0002/",
        "/candidatures/DEMO-0014/",
        "/candidatures/DEMO-0014/porteurs/",
        "/candidatures/DEMO-0014/sites/",
        "/candidatures/DEMO-0014/projet/",
        "/candidatures/DEMO-0014/pieces/",
        "/candidatures/DEMO-0014/deposer-les-complements/",
        "/candidatures/DEMO-0014/recepisse/1/",
        "/compte/",
    ],
    "presidence": ["/admin/", "/admin/comite/", "/admin/comite/DEMO-0007/", "/admin/comite/DEMO-0007/deport/"],
    "equipe": ["/admin/", "/admin/applications/candidature/"],
}


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_no_violation(open_page, axe, who, width, dark):
    page = open_page(width=width, dark=dark)
    if who:
        sign_in(page, who)
    found = {}
    for path in PAGES[who]:
        page.goto(path)
        violations = axe.run(page).response["violations"]
        if violations:
            found[path] = [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in violations]
    assert found == {}


@pytest.mark.parametrize("who", PAGES)
def test_page_does_not_scroll_sideways_at_320_px(open_page, who):
    page = open_page(width=320)
    if who:
        sign_in(page, who)
    widths = {}
    for path in PAGES[who]:
        page.goto(path)
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > 320} == {}


def test_public_page_asks_nothing_of_another_host_and_leaves_no_cookie(open_page, portal):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES[None][:12]:
        page.goto(path)
    assert [url for url in asked if not url.startswith((portal.url, "data:"))] == []
    assert page.context.cookies() == []
