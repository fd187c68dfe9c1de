"""Files to read in tests: questions added to a call, answers, deposits, and pages as readable text."""

from django.urls import reverse
from django.utils import timezone

from applications.models import Candidature, Question, Submission, WorkingCopy
from tests.factories import AnswerFactory, lead_of


def ask(call, section, code, kind=Question.Kind.LONG_TEXT, **fields) -> Question:
    """One more question, that nobody must answer, in the section of this code."""
    fields = {"label": f"Libellé {code}", "position": 9, "is_required": False} | fields
    return call.sections.get(code=section).questions.create(code=code, kind=kind, **fields)


def answer(candidature, question, value, carrier=None):
    return AnswerFactory(candidature=candidature, question=question, value=value, carrier=carrier)


def deposit(candidature) -> Submission:
    """Another version of the deposit, of what the working copy says now, whatever the status."""
    content = WorkingCopy(Candidature.objects.get(pk=candidature.pk)).content()
    return Submission.take(candidature, content, lead_of(candidature), timezone.now())


def address(candidature, page="change", *arguments) -> str:
    """A page of the admin about a candidature."""
    return reverse(f"admin:applications_candidature_{page}", args=[candidature.pk, *arguments])


def text(response) -> str:
    """The page, its unbreakable spaces made plain."""
    html = response.content.decode().replace("&nbsp;", " ")
    return html.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
