"""What the reference data already know of a candidature, written once in the answers that ask for it, and marked."""

from django.utils import timezone

from territories.eligibility import programme_advice_for
from territories.reference import EDITION, day_in_words

from .models import Question

SOURCE = f"données de référence de l’INSEE et de la DGCL au {day_in_words(EDITION)}"
Prefill = Question.Prefill


def prefill(candidature, by) -> None:
    """Answer what the reference data can answer: questions without an answer, and those whose answer is still theirs.

    Each answer bears its source until somebody changes it. Does nothing for a form that asks none.
    """
    asked = Question.objects.filter(section__call=candidature.call, per_carrier=False).exclude(prefill="")
    theirs = {answer.question_id: answer for answer in candidature.answers.filter(question__in=asked)}
    for question in asked:
        answer, value = theirs.get(question.pk), KNOWN[question.prefill](candidature) or None
        fields = {"value": value, "prefilled_from": SOURCE, "updated_at": timezone.now(), "updated_by": by}
        if answer is None and value:
            candidature.answers.create(question=question, **fields)
        elif answer and answer.prefilled_from and answer.value != value:
            still_theirs = candidature.answers.filter(pk=answer.pk, version=answer.version)
            still_theirs.update(version=answer.version + 1, **fields)


def population(territories) -> int:
    """Inhabitants of the EPCI, and of the communes that none of these EPCI counts already."""
    epcis = {territory.pk for territory in territories if territory._meta.model_name == "epci"}
    counted = [
        territory
        for territory in territories
        if territory.pk in epcis or not {territory.epci_id, territory.ept_id} & epcis
    ]
    return sum(territory.population or 0 for territory in counted)


def departments(territories) -> str:
    found = {}
    for territory in territories:
        several = territory.departments() if territory._meta.model_name == "epci" else [territory.department]
        found |= {department.code: department.name for department in several}
    return ", ".join(f"{name} ({code})" for code, name in sorted(found.items()))[:200]


def programmes(territories) -> str:
    """« Dreux : Action cœur de ville », one line for each territory that a national list names."""
    return "\n".join(
        f"{territory.name} : {line.programme.name}"
        for territory, lines in programme_advice_for(territories).items()
        for line in lines
        if line.answer == "yes"
    )


def carrying(candidature) -> list:
    return [carrier.territory for carrier in candidature.carriers.all() if carrier.territory]


KNOWN = {
    Prefill.POPULATION: lambda candidature: population(carrying(candidature)),
    Prefill.DEPARTMENTS: lambda candidature: departments(candidature.territories()),
    Prefill.PROGRAMMES: lambda candidature: programmes(candidature.territories()),
}
