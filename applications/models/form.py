"""The form of a call, as rows that staff set without code: sections, and what each asks."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from .call import Call


class Section(models.Model):
    """One page of the form. Some hold a list of their own (carriers, sites, partners) above their questions."""

    class Kind(models.TextChoices):
        QUESTIONS = "questions", "questions seulement"
        CARRIERS = "carriers", "porteurs"
        SITES = "sites", "sites"
        PARTNERS = "partners", "partenaires"

    call = models.ForeignKey(Call, models.CASCADE, "sections", verbose_name="appel")
    position = models.PositiveSmallIntegerField("ordre")
    code = models.SlugField("code", help_text="Dans l’adresse de la page : « territoire », « financement »…")
    title = models.CharField("titre", max_length=100)
    help = models.TextField("ce qui est attendu", blank=True)
    kind = models.CharField("contenu", max_length=20, choices=Kind, default=Kind.QUESTIONS)

    class Meta:
        verbose_name = "rubrique"
        ordering = ["call", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="section_code_unique_in_call"),
            models.UniqueConstraint(
                fields=["call", "kind"], condition=~Q(kind="questions"), name="section_list_once_in_call"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["questions", "carriers", "sites", "partners"]), name="section_kind_known"
            ),
        ]

    def __str__(self):
        return self.title


class Question(models.Model):
    """What is asked, once for the file or once for each carrier."""

    class Kind(models.TextChoices):
        SHORT_TEXT = "short_text", "texte court"
        LONG_TEXT = "long_text", "texte long"
        INTEGER = "integer", "nombre entier"
        AMOUNT = "amount", "montant en euros"
        DATE = "date", "date"
        CHOICE = "choice", "choix d’une réponse"
        CHOICES = "choices", "choix de plusieurs réponses"
        YES_NO = "yes_no", "oui ou non"
        TABLE = "table", "tableau de montants par année"
        CONCEPT = "concept", "concept d’antenne de l’appel"
        SCHOOL_YEAR = "school_year", "année d’ouverture"
        FILE = "file", "fichiers"

    class Core(models.TextChoices):
        """The answers that the portal itself reads: it copies them on the candidature."""

        TITLE = "title", "intitulé du projet"
        SUMMARY = "summary", "résumé du projet"
        CONCEPT = "concept", "concept d’antenne"
        TARGET_YEAR = "target_year", "année d’ouverture visée"

    class Prefill(models.TextChoices):
        POPULATION = "population", "population des porteurs"
        DEPARTMENTS = "departments", "départements des porteurs et des sites"
        PROGRAMMES = "programmes", "programmes nationaux des territoires"

    CORE_KINDS = {  # each core answer has one shape
        Core.TITLE: Kind.SHORT_TEXT,
        Core.SUMMARY: Kind.LONG_TEXT,
        Core.CONCEPT: Kind.CONCEPT,
        Core.TARGET_YEAR: Kind.SCHOOL_YEAR,
    }

    section = models.ForeignKey(Section, models.CASCADE, "questions", verbose_name="rubrique")
    position = models.PositiveSmallIntegerField("ordre")
    code = models.SlugField("code", help_text="Stable : il nomme la réponse dans les dépôts et les exports.")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    label = models.CharField("question", max_length=250)
    help = models.TextField("aide", blank=True)
    is_required = models.BooleanField("obligatoire", default=True)
    is_personal = models.BooleanField(
        "donnée personnelle", default=False, help_text="Lue par les porteurs et l’équipe, jamais par le comité."
    )
    per_carrier = models.BooleanField("pour chaque porteur", default=False)
    core = models.CharField("rôle dans le portail", max_length=20, choices=Core, blank=True)
    prefill = models.CharField("préremplie avec", max_length=20, choices=Prefill, blank=True)
    max_words = models.PositiveIntegerField("nombre de mots au plus", null=True, blank=True)
    options = models.TextField(
        "réponses proposées", blank=True, help_text="Une par ligne ; pour un tableau, les lignes de dépenses."
    )
    resources = models.TextField(
        "lignes de ressources", blank=True, help_text="Tableau seulement : une par ligne, en face des dépenses."
    )
    years = models.PositiveSmallIntegerField("nombre d’années", default=3, help_text="Tableau seulement.")
    file_kinds = models.CharField(
        "types de fichiers", max_length=60, default="pdf,image", help_text="Parmi pdf, image, text et sheet."
    )
    max_files = models.PositiveSmallIntegerField("nombre de fichiers au plus", default=1)
    condition = models.ForeignKey(
        "self", models.PROTECT, "+", null=True, blank=True, verbose_name="posée seulement si la réponse à"
    )
    condition_value = models.CharField(
        "est", max_length=250, blank=True, help_text="Le texte de la réponse, ou « oui »."
    )

    class Meta:
        verbose_name = "question"
        ordering = ["section__position", "section_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["section", "code"], name="question_code_unique_in_section"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "short_text",
                        "long_text",
                        "integer",
                        "amount",
                        "date",
                        "choice",
                        "choices",
                        "yes_no",
                        "table",
                        "concept",
                        "school_year",
                        "file",
                    ]
                ),
                name="question_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(condition=None, condition_value="") | Q(condition__isnull=False) & ~Q(condition_value=""),
                name="question_condition_whole_or_absent",
                violation_error_message="Une condition a une question et une réponse.",
            ),
            models.CheckConstraint(
                condition=Q(core="") | Q(per_carrier=False),
                name="question_core_asked_once",
                violation_error_message="Une question lue par le portail n’est posée qu’une fois.",
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        """What one row cannot say to the database: lists that a kind needs, shapes of core answers."""
        if self.core and self.kind != self.CORE_KINDS[self.core]:
            expected = self.Kind(self.CORE_KINDS[self.core]).label
            raise ValidationError({"kind": f"Le portail attend ici : {expected}."})
        if self.kind in (self.Kind.CHOICE, self.Kind.CHOICES, self.Kind.TABLE) and not self.option_list:
            raise ValidationError({"options": "Écrivez au moins une ligne."})
        if self.kind == self.Kind.TABLE and not self.resource_list:
            raise ValidationError({"resources": "Écrivez au moins une ligne."})
        if self.condition_id and self.condition_id == self.pk:
            raise ValidationError({"condition": "Une question ne dépend pas d’elle-même."})

    @property
    def is_file(self) -> bool:
        return self.kind == self.Kind.FILE

    @property
    def option_list(self) -> list[str]:
        return lines_of(self.options)

    @property
    def resource_list(self) -> list[str]:
        return lines_of(self.resources)

    @property
    def file_kind_list(self) -> list[str]:
        return [kind.strip() for kind in self.file_kinds.split(",") if kind.strip()]

    def is_met_by(self, value) -> bool:
        """Whether `value`, the answer to another question, is the one that makes this one be asked."""
        if isinstance(value, bool):
            value = "oui" if value else "non"
        return self.condition_value in value if isinstance(value, list) else self.condition_value == str(value)


def lines_of(text: str) -> list[str]:
    """The lines of `text` that say something, each once, in order."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def create_core_form(call) -> None:
    """Give a new call the least that a form asks: carriers, sites, the project that the portal reads, one piece."""
    sections = {
        code: call.sections.create(position=position, code=code, title=title, kind=kind)
        for position, (code, title, kind) in enumerate(CORE_SECTIONS, start=1)
    }
    for position, (core, label, help_text, max_words) in enumerate(CORE_QUESTIONS, start=1):
        sections["projet"].questions.create(
            position=position,
            code=core,
            core=core,
            kind=Question.CORE_KINDS[core],
            label=label,
            help=help_text,
            max_words=max_words,
        )
    label = "Délibération ou lettre d’engagement"
    sections["pieces"].questions.create(
        position=1, code="engagement", kind=Question.Kind.FILE, label=label, max_files=20
    )


CORE_SECTIONS = [
    ("porteurs", "Porteurs", Section.Kind.CARRIERS),
    ("sites", "Sites", Section.Kind.SITES),
    ("projet", "Projet", Section.Kind.QUESTIONS),
    ("pieces", "Pièces", Section.Kind.QUESTIONS),
]
CORE_QUESTIONS = [
    (Question.Core.TITLE, "Intitulé", "En quelques mots, pour reconnaître le projet.", None),
    (
        Question.Core.SUMMARY,
        "Résumé du projet",
        "Ce que vous voulez faire, pour qui et pourquoi. Ce résumé sera publié si la candidature est labellisée.",
        600,
    ),
    (Question.Core.CONCEPT, "Concept d’antenne", "", None),
    (Question.Core.TARGET_YEAR, "Année d’ouverture visée", "", None),
]
