"""Every address of the portal, followed by everybody around a committee: nothing sealed is in any answer, header, file
or mail. An address without an example, or a person without an expectation, fails.
"""

import io
import re
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from pypdf import PdfReader

from applications.models import Candidature, Recusal, Review
from tests.applications.committee_case import SECRET, TITLE, committee_case, write_review
from tests.applications.session_case import deliberate_on
from tests.factories import MemberFactory
from tests.test_access import PARAMETERS, SIGN_IN

pytestmark = pytest.mark.usefixtures("without_second_factor")

NAME = "NOMDUSIGNATAIRE"
NOTE = "NOTEPERSONNELLE"
MARK, AVERAGE = Decimal("3.5"), "70[.,]0"  # 3,5 on every criterion is 70 on 100
SECRETS = re.compile(rf"{SECRET}|\b3,5 sur 5|\b{AVERAGE}0?\b|{NOTE}")
ELSEWHERE = ("account_", "mfa_", "proconnect_", "socialaccount_")  # one's own account: nothing of a candidature there
SEES_NOTHING = ["visitor", "applicant", "recused", "recused_seat", "ended", "elsewhere", "elsewhere_chair", "no_seat"]
SEES_ONCE_OPEN = ["unsigned", "chair", "staff"]  # `signed` reads its own review from the start
LISTS = {reverse(name) for name in PARAMETERS if name.endswith("_changelist")}
ACTIONS = ["delete_selected", "admit_selected"]
KNOWS_NAMES = {"staff", "chair"}  # who sits is no secret to them; who drafted what is one to the other seats


@pytest.fixture
def case(settings):
    case = committee_case(mark=MARK, half_points=True)
    signer = case.people["signed"]
    signer.full_name = NAME
    signer.save()
    deputy = MemberFactory(
        seat=case.members["signed"].seat, is_titular=False, ends_on=timezone.localdate() - timedelta(days=1)
    )
    case.people["ended_deputy"] = deputy.user
    case.file.private_notes.create(user=signer, text=NOTE, updated_at=timezone.now())
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    Recusal.declare(case.file, case.people["recused_seat"], "Partenaire du projet", whole_seat=True)
    return case


# The addresses


def examples(case, name) -> list[str]:
    """The addresses of this name for the file of the case; none for a part of the portal that knows no candidature."""
    if name in SIGN_IN or name.startswith(ELSEWHERE):
        return []
    arguments = {parameter: value_of(case, name, parameter) for parameter in PARAMETERS[name]}
    if None in arguments.values():
        return []
    kinds = ("csv", "xlsx") if "kind" in arguments else (None,)
    return [reverse(name, kwargs=arguments | ({"kind": kind} if kind else {})) for kind in kinds]


def value_of(case, name, parameter):
    """What stands for `parameter` in the address called `name`."""
    given = {
        "act": "etape",
        "app_label": "applications",
        "content_type_id": ContentType.objects.get_for_model(Candidature).pk,
        "item": 1,
        "number": 1,
        "question": case.file.call.sections.get(code="projet").questions.first().pk,
        "reference": case.file.reference,
        "seat": case.members["signed"].seat.pk,
        "member": 0,
        "slug": case.phase.call.slug,
        "verb": "admit" if name.startswith("admin:") else "submit",
        "code": "projet",
        "token": "introuvable",
        "key": "introuvable",
        "years": 2020,
        "kind": "csv",
        "name": "laureats.csv",
    }
    if parameter == "object_id":
        return first_object(name) if name != "admin:view_on_site" else case.file.pk
    if parameter == "pk" and name.startswith(("admin:room", "admin:minutes")):
        session = case.phase.sessions.first()
        return session.pk if session else case.phase.pk
    if parameter == "pk":
        return case.file.attachments.get().pk if name.endswith("piece") else case.phase.pk
    return given[parameter]


def first_object(name):
    """The key of the first object of the model whose page of the admin this is; None when there is none."""
    models = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}
    label = next(label for label in sorted(models, key=len, reverse=True) if name.startswith(f"admin:{label}_"))
    found = models[label].objects.first()
    return found and found.pk


def autocompletions() -> list[str]:
    fields = [("recusal", "candidature"), ("recusal", "seat"), ("seat", "organisation"), ("seat", "call")]
    query = "app_label=applications&model_name={}&field_name={}&term="
    return [f"{reverse('admin:autocomplete')}?{query.format(*field)}" for field in fields]


def searches() -> list[str]:
    return [
        f"{page}?{query}"
        for page in sorted(LISTS)
        for query in (f"q={SECRET[:6]}", f"q={NAME[:6]}", "_facets=True", "_popup=1")
    ]


def every_address(case, client) -> list[str]:
    """Each address, and each link of the lists' filters as the team reads them."""
    pages = [page for name in sorted(PARAMETERS) for page in examples(case, name)]
    pages += [*autocompletions(), *searches()]
    client.force_login(case.people["staff"])
    for page in sorted(LISTS):
        links = re.findall(r'href="(\?[^"]+)"', client.get(page).content.decode())
        pages += [page + link.replace("&amp;", "&") for link in links]
    client.logout()
    return list(dict.fromkeys(page for page in pages if "logout" not in page))


def test_every_address_of_the_portal_has_an_example(case):
    for name in PARAMETERS:
        examples(case, name)  # fails on a parameter that nothing stands for


# What they answer


def text_of(response) -> str:
    """The answer as somebody could read it: headers, page, or what a file holds."""
    body = response.getvalue() if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{text_in(body, response.headers.get('Content-Type', ''))}"


def text_in(body: bytes, kind: str) -> str:
    if "pdf" in kind and b"%%EOF" in body[-32:]:  # a document of ours, not a piece of the tests
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        return "\n".join(
            text_in(archive.read(name), "pdf" if name.endswith("pdf") else "") for name in archive.namelist()
        )
    return body.decode(errors="replace")


def walk(client, case, who, pages) -> dict[str, str]:
    """What each address answers to this person, read and posted to with nothing in it."""
    client.logout()
    if who != "visitor":
        client.force_login(case.people[who])
    texts = {}
    for page in pages:
        texts[page] = text_of(client.get(page))
        if "?" not in page and page != reverse("admin:phase_open_seal", args=[case.phase.pk]):
            texts[f"POST {page}"] = text_of(client.post(page, {}))
    for name in ACTIONS if who in KNOWS_NAMES else []:  # on every line of each list; to the others lists are closed
        for page in [page for page in pages if page in LISTS]:
            data = {"action": name, "select_across": "1", "index": "0", "_selected_action": [case.file.pk]}
            texts[f"{name} {page}"] = text_of(client.post(page, data, follow=True))
    return texts


def leaks(texts, pattern) -> list[str]:
    return [f"{page}: {found[0]}" for page, text in texts.items() if (found := re.search(pattern, text))]


@pytest.mark.parametrize("who", [*SEES_NOTHING, "ended_deputy", *SEES_ONCE_OPEN])
def test_before_the_seal_opens_no_answer_holds_a_mark_or_a_comment(client, case, who):
    pages = every_address(case, client)

    texts = walk(client, case, who, pages)

    assert leaks(texts, SECRETS) == []
    if who not in KNOWS_NAMES:
        assert leaks(texts, NAME) == []


@pytest.mark.parametrize("who", [*SEES_NOTHING, "ended_deputy"])
def test_once_the_seal_is_open_outsiders_still_read_nothing(client, case, who):
    deliberate_on(case, reason=SECRET)
    pages = every_address(case, client)

    texts = walk(client, case, who, pages)

    assert leaks(texts, SECRETS) == []
    if who not in {"visitor", "applicant"}:  # to the others of the committee, not even the file exists
        assert leaks({page: text for page, text in texts.items() if page.startswith("/admin")}, TITLE) == []


@pytest.mark.parametrize("who", SEES_ONCE_OPEN)
def test_once_the_seal_is_open_committee_and_team_read_the_marks(client, case, who):
    deliberate_on(case)

    texts = walk(client, case, who, every_address(case, client))

    assert leaks(texts, SECRETS) != []
    assert leaks(texts, NOTE) == []


def test_seat_that_signed_reads_its_own_review_and_note(client, case):
    texts = walk(client, case, "signed", [reverse("admin:committee_file", args=[case.file.reference])])

    assert leaks(texts, SECRET) != []
    assert leaks(texts, NOTE) != []


def test_seat_that_signed_reads_nothing_of_another_before_the_seal_opens(client, case):
    write_review(case.file, case.members["unsigned"], Decimal("4.5"), comment="AUTREAVIS")

    texts = walk(client, case, "signed", every_address(case, client))

    assert leaks(texts, r"AUTREAVIS|\b4,5 sur 5|\b90[.,]00") == []


@pytest.mark.parametrize("who", ["recused", "recused_seat", "ended_deputy"])
def test_recused_chair_or_ended_deputy_never_finds_the_review(case, who):
    assert list(Review.objects.visible_to(case.people[who])) == []


def test_no_mail_holds_a_mark_a_comment_or_who_gave_them(client, case):
    walk(client, case, "staff", every_address(case, client))
    case.phase.open_seal(case.people["chair"])

    mails = "\n".join(f"{mail.subject}\n{mail.message}\n{mail.html_message}" for mail in Email.objects.all())

    assert leaks({"mails": mails}, SECRETS) == []
