"""Believable answers to the whole form, derived from each entry: the same on every machine, different for each."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from random import Random

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import slugify

from applications.models import Partner
from applications.models.answers import euros
from applications.prefilling import population
from territories.eligibility import shown, typographic

from . import texts
from .choices import FIELDS, LEVELS, MODES, ROLES, SECTORS, TENURES, chosen
from .figures import budget_of, learners_of, share

FIRST_NAMES = "Agnès Bruno Carole Denis Élise Fabien Hélène Idris Jeanne Karim Lucie Marc Nadia Olivier Rose Yves"
LAST_NAMES = "Arnaud Besson Chauvet Delmas Fabre Garnier Lacroix Marchand Perrot Renaud Tessier Vallet"
PHONE = "06 39 98"  # the numbers that the regulator keeps for fiction begin so
VAGUE_LEVEL = 1  # of an entry that is not ready
EQUIPMENT = 9000  # in euros, without works
DAYS_TO_VOTE = 18  # from the deposit to the deliberation, when it comes after


class Author:
    """Who writes the answers of one candidature, whose carriers and sites are known.

    A question without an answer here stays unanswered.
    """

    def __init__(self, entry, candidature, year: int):
        self.entry, self.candidature, self.random = entry, candidature, Random(entry.title)
        self.carriers = list(candidature.carriers.select_related("commune__department", "epci__department"))
        self.department = typographic(self.carriers[0].territory.department.name)
        self.cities = [site.commune.name for site in candidature.sites.select_related("commune")]
        self.population = population(candidature.territories())
        self.people = {carrier.pk: self.somebody() for carrier in self.carriers}
        self.contact = self.somebody()
        self.year = year  # when the school year of the opening starts
        self.learners = learners_of(entry.learners)
        self.apprentices = entry.learners // 5 if entry.level > VAGUE_LEVEL else 0
        self.surface = 60 + self.random.randrange(2, 30) * 10
        self.works = self.random.randrange(24, 60) * 1000 if entry.tenure in ("owned", "lent") else 0
        self.budget = budget_of(len(self.cities), self.surface, self.works or EQUIPMENT, self.learners)

    def somebody(self) -> str:
        return f"{self.random.choice(FIRST_NAMES.split())} {self.random.choice(LAST_NAMES.split())}"

    def write(self, variants: list[str]) -> str:
        """One of these texts, with the words of this entry."""
        return self.random.choice(variants).format(**self.words)

    @cached_property
    def words(self) -> dict:
        """The words of `texts`."""
        at_cities = " et ".join(f"à {city}" for city in self.cities)
        territory = in_sentence(self.carriers[0])
        first, *others = (texts.FIELD_WORDS[key] for key in self.entry.fields.split())
        return {
            "at_cities": at_cities,
            "At_cities": at_cities.replace("à", "À", 1),
            "territory": territory,
            "Territory": territory[0].upper() + territory[1:],
            "carriers": joined([typographic(carrier.name) for carrier in self.carriers]),
            "seek": self.entry.seek,
            "place": self.entry.place,
            "first_field": first,
            "other_fields": joined(others),
            **self.numbers(),
        }

    def numbers(self) -> dict:
        return {
            "employers": self.random.randrange(24, 70),
            "audience": self.random.randrange(90, 220),
            "waiting": self.random.randrange(21, 88),
            "jobs": spaced(self.population // 1300 * 10 + self.random.randrange(1, 9) * 5),
            "workers": spaced(self.population * 37 // 10_000 * 100),
            "learners": self.learners[0],
            "learners_3": self.learners[2],
            "apprentices": self.apprentices,
            "surface": self.surface,
            "works_cost": euros(str(self.works)),
            "carriers_share": euros(share(self.budget, "carriers")),
            "employers_share": euros(share(self.budget, "employers")),
        }

    # The answers, by code of question

    def everything(self) -> Iterator[tuple]:
        """Code of the question, carrier or None, value: for each question that has an answer."""
        for carrier in self.carriers:
            yield from ((code, carrier, value) for code, value in self.answers_of(carrier).items())
        yield from ((code, None, value) for code, value in self.answers().items() if value != "")

    def answers(self) -> dict:
        """What is asked once, in the order of the form."""
        found = self.contacts() | self.project() | self.territory() | self.training() | self.premises()
        found |= self.partnership() | self.financing() | self.calendar() | self.governance() | self.vote()
        if self.entry.level <= VAGUE_LEVEL:
            found |= {code: text.format(**self.words) for code, text in texts.VAGUE.items()}
        return found

    def answers_of(self, carrier) -> dict:
        """What is asked of each carrier."""
        person = self.people[carrier.pk]
        others = texts.COMMITMENT_OF_OTHERS
        promise = self.write(texts.COMMITMENT_OF_LEAD if carrier.is_lead else [others[carrier.position % len(others)]])
        return {
            "representative_name": person,
            "representative_role": ROLES["mayor" if carrier.commune else "president"],
            "representative_email": address_of(person, carrier),
            "commitment": promise,
        }

    def contacts(self) -> dict:
        ending = f"{self.random.randrange(100):02d} {self.random.randrange(100):02d}"
        return {
            "contact_name": self.contact,
            "contact_role": self.random.choice(CONTACT_ROLES),
            "contact_email": address_of(self.contact, self.carriers[0]),
            "contact_phone": f"{PHONE} {ending}",
        }

    def project(self) -> dict:
        return {
            "title": self.entry.title,
            "summary": self.entry.summary,
            "concept": self.entry.concept,
            "concept_reason": self.write(texts.CONCEPT_REASON[self.entry.concept]),
            "target_year": self.year,
        }

    def territory(self) -> dict:
        """Without what the reference data answer themselves."""
        sectors = [texts.NEEDS_BY_SECTOR[key] for key in self.entry.sectors.split()]
        opening, closing = self.write(texts.NEEDS_OPENING), self.write(texts.NEEDS_CLOSING)
        return {
            "sectors": chosen(SECTORS, self.entry.sectors),
            "needs": "\n\n".join([opening, " ".join(sectors), closing]),
            "existing_training": self.write(texts.EXISTING),
        }

    def training(self) -> dict:
        learners = {f"learners_year_{year}": count for year, count in enumerate(self.learners, start=1)}
        return learners | {
            "fields": chosen(FIELDS, self.entry.fields),
            "levels": chosen(LEVELS, self.random.choice(("short 5", "short 5 6", "4 5 6", "5 6 7"))),
            "modes": chosen(MODES, self.random.choice(("here mixed", "evening distance", "here evening distance"))),
            "apprenticeship": bool(self.apprentices),
            "apprentices": self.apprentices or "",
            "offer": f"{self.write(texts.OFFER_OPENING)}\n\n{self.write(texts.OFFER_CLOSING)}",
        }

    def premises(self) -> dict:
        return {
            "address": self.entry.address,
            "surface": self.surface,
            "available_on": date(self.year, self.random.choice((6, 7, 8)), 1).isoformat(),
            "tenure": TENURES[self.entry.tenure],
            "owner": self.entry.owner,
            "accessible": self.random.random() < 0.8,
            "works": bool(self.works),
            "works_description": self.write(texts.WORKS) if self.works else "",
        }

    def partnership(self) -> dict:
        return {"employers_role": self.write(texts.EMPLOYERS)}

    def financing(self) -> dict:
        notes = [texts.BUDGET_TO_SETTLE] if self.entry.fate == "defer" else texts.BUDGET_NOTES
        return {
            "budget": self.budget,
            "carriers_share": share(self.budget, "carriers"),
            "budget_notes": self.write(notes),
        }

    def calendar(self) -> dict:
        return {
            "agreement_on": date(self.year, self.random.choice((4, 5, 6)), 15).isoformat(),
            "first_training_on": monday_before(date(self.year, 9, self.random.randrange(12, 31))).isoformat(),
            "steps": self.write(texts.STEPS),
        }

    def governance(self) -> dict:
        return {"governance": self.write(texts.GOVERNANCE), "follow_up": self.write(texts.FOLLOW_UP)}

    def vote(self) -> dict:
        planned = timezone.localdate() + timedelta(days=DAYS_TO_VOTE)
        return {"is_voted": self.entry.is_voted, "vote_on": "" if self.entry.is_voted else planned.isoformat()}

    def second_thoughts(self) -> dict:
        """What a second deposit changes, by code of question."""
        added = texts.ADDED_NEEDS.format(**self.words)
        return {
            "needs": f"{self.territory()['needs']}\n\n{added}",
            "modes": list(MODES.values()),
            "learners_year_2": self.learners[1] + 15,
        }

    def partners(self) -> list[dict]:
        """Those who support the project, as the columns of `Partner`; the better it is, the more there are."""
        words = self.words | {"city": self.cities[0], "department": self.department}
        return [
            {"name": name.format(**words), "kind": kind, "contribution": contribution.format(**words)}
            for name, kind, contribution in PARTNERS[: self.entry.level]
        ]


CONTACT_ROLES = [
    "Responsable du développement économique",
    "Directrice générale adjointe",
    "Chargé de mission enseignement supérieur",
    "Cheffe de projet Action cœur de ville",
]
PARTNERS = [  # name, kind, what it brings
    (
        "Club des employeurs de {city}",
        Partner.Kind.EMPLOYERS,
        "Réunit {employers} employeurs, dit avec eux ce qu’il faut apprendre et trouve des entreprises d’accueil.",
    ),
    (
        "Mission locale de {city}",
        Partner.Kind.EMPLOYMENT,
        "Informe et oriente les jeunes et les demandeurs d’emploi ; tient une permanence dans {place}.",
    ),
    (
        "Chambre de commerce et d’industrie – {department}",
        Partner.Kind.CHAMBER,
        "Prête deux salles équipées et ouvre son réseau d’entreprises.",
    ),
    (
        "Centre de formation d’apprentis de {city}",
        Partner.Kind.TRAINING,
        "Partage ses plateaux techniques un jour par semaine.",
    ),
    (
        "Préfecture – {department}",
        Partner.Kind.STATE,
        "Suit le projet et instruit les demandes d’aide de l’État.",
    ),
]


def in_sentence(carrier) -> str:
    """A carrier after its article: « la ville d’Autun », « la communauté d’agglomération Flers Agglo »."""
    if carrier.epci:
        return shown(carrier.epci)
    link = "d’" if carrier.name[0] in "AEIOUÉÈH" else "de "
    return f"la ville {link}{carrier.name}"


def monday_before(day: date) -> date:
    return day - timedelta(days=day.weekday())


def joined(parts: list[str]) -> str:
    """« a, b et c »."""
    *first, last = parts
    return f"{', '.join(first)} et {last}" if first else last


def spaced(number: int) -> str:
    return number_format(number, force_grouping=True)


def address_of(person: str, carrier) -> str:
    """An address that nobody has: the domain `example` is kept for this."""
    return f"{slugify(person).replace('-', '.')}@{slugify(carrier.name)}.example"
