"""`make bench`: requests per second and median of the main pages, each as a ratio to the bare view of the same run."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from tests import environment  # noqa: F401 -- sets the environment of the tests

PAGES = {
    "accueil": "/",
    "lauréats": "/laureats/",
    "un lauréat": "/laureats/{slug}/",
    "un appel": "/appels/ami-2/",
    "recherche de territoire": "/territoires/recherche.json?q=saint",
    "une rubrique du formulaire": "/candidatures/DEMO-0016/rubriques/territoire/",
    "admin : candidatures": "/admin/applications/candidature/",
}
FORM = "/candidatures/DEMO-0016/rubriques/contacts/"  # four questions of text
SIGNED_IN = {"/candidatures/": "epci@demo.example", "/admin/": "equipe@demo.example"}  # who looks at these pages


def session_cookie(url: str, email: str, password: str) -> str:
    """Sign in through the form; the Cookie header of the session."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{url}/compte/connexion/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"csrfmiddlewaretoken": token, "login": email, "password": password}
    opener.open(f"{url}/compte/connexion/", urllib.parse.urlencode(form).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def first_laureate(url: str) -> str:
    page = urllib.request.urlopen(f"{url}/laureats/").read().decode()
    return re.search(r'href="/laureats/([a-z0-9-]+)/"', page)[1]


def text_slots(url: str, cookie: str) -> list:
    """Four questions of text of one page of the form, as its JavaScript would save them."""
    from tests.bench.load import CLIENTS, Slot

    page = urllib.request.urlopen(urllib.request.Request(f"{url}{FORM}", headers={"Cookie": cookie})).read().decode()
    found = re.findall(
        r'id="(q\d+)"\s+data-slot\s+data-kind="(?:long|short)_text"\s+data-save-url="([^"]+)"\s+data-version="(\d+)"',
        page,
    )
    return [Slot(address, key, int(version)) for key, address, version in found[:CLIENTS]]


def committee(portal) -> dict:
    """500 files × 9 seats × 6 criteria in the portal's database: what `tests.bench.committee` prints."""
    from tests.server import ROOT

    command = [sys.executable, "-m", "tests.bench.committee", "500", "9", "6"]
    done = subprocess.run(command, cwd=ROOT, env=portal.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def first_time(portal, path: str, headers: dict) -> float:
    """How long the page takes when nothing of it is kept, in milliseconds."""
    request = urllib.request.Request(f"{portal.url}{path}", headers=headers)
    start = time.perf_counter()
    urllib.request.urlopen(request).read()
    return (time.perf_counter() - start) * 1000


def show_committee(portal):
    """The two pages of a committee that has 27,000 marks to read."""
    from tests.bench.load import compare

    made = committee(portal)
    headers = {"Cookie": made["cookie"]}
    print("\n500 candidatures × 9 sièges × 6 critères, 27 000 notes")
    for name, path in made["pages"].items():
        first = first_time(portal, path, headers)
        page, bare = compare(portal.port, path, headers)
        print(f"{name} : {made['queries'][name]} requêtes SQL, première fois {first:.0f} ms, {page.size} octets")
        print(f"  ensuite {page.per_second:.0f} req/s, médiane {page.median:.1f} ms")
        print(f"  vue nue de cette taille {bare.per_second:.0f} req/s, médiane {bare.median:.1f} ms")
        print(f"  {bare.per_second / page.per_second:.1f} fois la vue nue")


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    from labels.demonstration import PASSWORD
    from tests.bench.load import compare, compare_saves
    from tests.server import running_portal

    with tempfile.TemporaryDirectory() as folder, running_portal(Path(folder)) as portal:
        cookies = {path: session_cookie(portal.url, email, PASSWORD) for path, email in SIGNED_IN.items()}
        slug = first_laureate(portal.url)
        print(f"{'page':<26}{'req/s':>8}{'médiane ms':>12}{'octets':>9}{'req/s vue nue':>15}{'rapport':>9}")
        for name, path in PAGES.items():
            cookie = next((cookies[start] for start in SIGNED_IN if path.startswith(start)), "")
            headers = {"Cookie": cookie} if cookie else {}
            page, bare = compare(portal.port, path.format(slug=slug), headers)
            ratio = page.per_second / bare.per_second
            print(
                f"{name:<26}{page.per_second:>8.0f}{page.median:>12.1f}{page.size:>9}"
                f"{bare.per_second:>15.0f}{ratio:>9.2f}"
            )
        cookie = cookies["/candidatures/"]
        first, *others = text_slots(portal.url, cookie)
        for slots in ([first], others):
            save, bare_save, bare = compare_saves(portal.port, slots, cookie)
            print(f"enregistrer une réponse, {len(slots)} à la fois : médiane {save:.1f} ms")
            print(f"  vue nue qui lit et écrit une réponse : {bare_save:.1f} ms, rapport {save / bare_save:.2f}")
            print(f"  vue nue d’une page : {bare:.1f} ms, rapport {save / bare:.2f}")
        show_committee(portal)


if __name__ == "__main__":
    main()
