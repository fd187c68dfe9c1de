"""A draft carried by Bourges, its lead signed in, and what a browser sends of its pages."""

import re

from django.urls import reverse

from tests.applications.places import make_findable
from tests.factories import CandidatureFactory, CommuneFactory, EpciFactory, lead_of, question_of


def file_of_bourges(client):
    """A candidature without site; Vierzon and an EPCI can be found beside it."""
    candidature = CandidatureFactory(carrier__commune__name="Bourges", carrier__commune__insee_code="18033", site=None)
    CommuneFactory(name="Vierzon", insee_code="18279")
    EpciFactory(name="CA Agglo du Pays de Dreux", siren="200040277")
    make_findable()
    client.force_login(lead_of(candidature))
    return candidature


def page_of(candidature, code="projet"):
    return reverse("applications:section", args=[candidature.reference, code])


def url_of(candidature, name, *arguments):
    return reverse(f"applications:{name}", args=[candidature.reference, *arguments])


def typed(client, candidature, **texts):
    """What a browser sends of the page of the project, these answers changed: by the code of their questions."""
    page = client.get(page_of(candidature)).content.decode()
    hidden = dict(re.findall(r'name="((?:version|digest)-\w+)" value="(\w+)"', page))
    core = {"title": candidature.title, "summary": candidature.summary}
    core |= {"concept": candidature.concept_id or "", "target_year": candidature.target_year or ""}
    answers = {f"q{question_of(candidature, code).pk}": value for code, value in (core | texts).items()}
    return hidden | answers


def value_of(candidature, code):
    answer = candidature.answers.filter(question__code=code).first()
    return answer and answer.value
