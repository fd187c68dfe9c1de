"""Régions, départements, intercommunalités and communes: reference rows, written by `load_territories` only."""

from django.db import models
from django.db.models import F, Q
from django.utils.formats import number_format

from ..reference import day_in_words


class Zone(models.TextChoices):
    MAINLAND = "metro", "hexagone et Corse"
    DROM = "drom", "département ou région d’outre-mer"
    COM = "com", "collectivité d’outre-mer"


class EpciKind(models.TextChoices):
    CC = "CC", "communauté de communes"
    CA = "CA", "communauté d’agglomération"
    CU = "CU", "communauté urbaine"
    METRO = "METRO", "métropole"
    MET69 = "MET69", "métropole à statut particulier"
    EPT = "EPT", "établissement public territorial"


class CommuneKind(models.TextChoices):
    COMMUNE = "commune", "commune"
    COLLECTIVITE = "collectivite", "collectivité d’outre-mer"
    DISTRICT = "district", "territoire sans commune"


class PointSource(models.TextChoices):
    GEONAMES = "geonames", "point réel (GeoNames)"
    MANUAL = "manual", "point placé à la main"
    POSTAL_CODE = "approx-cp", "approché par le code postal"
    EPCI = "approx-epci", "approché par l’intercommunalité"
    DISTRICT = "approx-arr", "approché par l’arrondissement"


class Region(models.Model):
    """A région; each overseas collectivité also stands as its own row, so that nothing is left without one."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=60)
    zone = models.CharField("zone", max_length=5, choices=Zone)

    class Meta:
        verbose_name = "région"
        ordering = ["name"]
        constraints = [models.CheckConstraint(name="region_zone_known", condition=Q(zone__in=Zone.values))]

    def __str__(self):
        return self.name


class Department(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, "departments", verbose_name="région")

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self):
        return self.name


def ending_constraints(model: str) -> list[models.CheckConstraint]:
    """What must hold of a territory that was merged or dissolved: a successor only with an end, never itself."""
    return [
        models.CheckConstraint(
            name=f"{model}_successor_only_once_ended",
            condition=Q(successor__isnull=True) | Q(ended_on__isnull=False),
        ),
        models.CheckConstraint(
            name=f"{model}_is_not_its_own_successor",
            condition=Q(successor__isnull=True) | ~Q(successor=F("pk")),
        ),
    ]


def capitalised(text: str) -> str:
    """With a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def summary(kind: str, territory) -> str:
    """What tells a territory from another in a list: nature, département, population, or what became of it."""
    if territory.ended_on:
        successor = f", aujourd’hui {territory.successor.reference}" if territory.successor else ""
        return f"{kind} qui n’existe plus au {day_in_words(territory.ended_on)}{successor}"
    parts = [kind, territory.department.name.replace("'", "’")]
    if territory.population is not None:
        parts.append(f"{number_format(territory.population, force_grouping=True)}\u00a0habitants")
    return ", ".join(parts)


class TerritoryQuerySet(models.QuerySet):
    def existing(self):
        """Without the communes that merged and the EPCI that were dissolved."""
        return self.filter(ended_on__isnull=True)


class Epci(models.Model):
    """An intercommunalité. The établissements publics territoriaux of Greater Paris are EPCI of kind EPT."""

    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    name = models.CharField("nom", max_length=100)
    kind = models.CharField("nature", max_length=5, choices=EpciKind)
    population = models.PositiveIntegerField("population")
    main_commune = models.ForeignKey(
        "Commune", models.PROTECT, "+", null=True, blank=True, verbose_name="commune la plus peuplée"
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        "epcis",
        verbose_name="département",
        help_text="Celui de la commune la plus peuplée.",
    )
    former_names = models.JSONField("anciens noms", default=list, blank=True)
    ended_on = models.DateField(
        "n’existe plus au", null=True, blank=True, help_text="Première édition des données où elle n’est plus."
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        "predecessors",
        null=True,
        blank=True,
        verbose_name="remplacée par",
        help_text="Celle qui a repris le plus grand nombre de ses communes.",
    )

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "intercommunalité"
        ordering = ["name", "siren"]
        constraints = [
            models.CheckConstraint(name="epci_kind_known", condition=Q(kind__in=EpciKind.values)),
            *ending_constraints("epci"),
        ]

    def __str__(self):
        return self.name

    @property
    def code(self) -> str:
        return self.siren

    @property
    def bare_name(self) -> str:
        """The name without the abbreviation of its kind: « CC du Warndt » gives « du Warndt »."""
        return self.name.removeprefix(f"{self.kind} ")

    @property
    def label(self) -> str:
        """The name for people, its kind in words: « Communauté de communes du Warndt »."""
        words = self.get_kind_display() if self.has_kind_to_say else ""
        return capitalised(f"{words} {self.bare_name}".strip().replace("'", "’"))

    @property
    def label_in_sentence(self) -> str:
        """The label after its article: « la communauté de communes du Warndt », « Bordeaux Métropole »."""
        if not self.has_kind_to_say:
            return self.label
        article = "l’" if self.kind == EpciKind.EPT else "la "
        return article + self.label[:1].lower() + self.label[1:]

    @property
    def has_kind_to_say(self) -> bool:
        """Whether the name alone would not tell its kind; métropoles say it themselves."""
        return self.kind == EpciKind.EPT or self.name != self.bare_name

    @property
    def reference(self) -> str:
        """What a territory field reads without any doubt: name and SIREN."""
        return f"{self.name} ({self.siren})"

    @property
    def summary(self) -> str:
        return summary(capitalised(self.get_kind_display()), self)

    def departments(self) -> models.QuerySet[Department]:
        """Those of its communes: an EPCI may span several, and several régions."""
        found = Department.objects.filter(communes__in=self.members()).distinct()
        return found.select_related("region")

    def members(self) -> models.QuerySet["Commune"]:
        """The communes that form it today."""
        return self.communes_of_ept.all() if self.kind == EpciKind.EPT else self.communes.all()


class Commune(models.Model):
    insee_code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=60)
    kind = models.CharField("nature", max_length=12, choices=CommuneKind, default=CommuneKind.COMMUNE)
    department = models.ForeignKey(Department, models.PROTECT, "communes", verbose_name="département")
    epci = models.ForeignKey(Epci, models.PROTECT, "communes", null=True, blank=True, verbose_name="intercommunalité")
    ept = models.ForeignKey(
        Epci,
        models.PROTECT,
        "communes_of_ept",
        null=True,
        blank=True,
        verbose_name="établissement public territorial",
        help_text="Dans le Grand Paris seulement.",
    )
    siren = models.CharField("SIREN", max_length=9, unique=True, null=True, blank=True)
    population = models.PositiveIntegerField("population", null=True, blank=True)
    postal_codes = models.CharField("codes postaux", max_length=150, blank=True)
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    point_source = models.CharField("source du point", max_length=11, choices=PointSource, blank=True)
    former_names = models.JSONField("anciens noms", default=list, blank=True)
    ended_on = models.DateField(
        "n’existe plus au", null=True, blank=True, help_text="Première édition des données où elle n’est plus."
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, "predecessors", null=True, blank=True, verbose_name="a rejoint"
    )

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ["name", "insee_code"]
        constraints = [
            models.CheckConstraint(name="commune_kind_known", condition=Q(kind__in=CommuneKind.values)),
            models.CheckConstraint(
                name="commune_point_whole_or_absent",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # Said aloud: a comparison with NULL is not false, and would let half a point in.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
            *ending_constraints("commune"),
        ]

    def __str__(self):
        return self.name

    @property
    def code(self) -> str:
        return self.insee_code

    @property
    def label(self) -> str:
        """The name for people, with what tells it from its homonyms: « Dreux (Eure-et-Loir) »."""
        label = self.name if self.department.name == self.name else f"{self.name} ({self.department.name})"
        return label.replace("'", "’")

    @property
    def reference(self) -> str:
        """What a territory field reads without any doubt: name and INSEE code."""
        return f"{self.name} ({self.insee_code})"

    @property
    def summary(self) -> str:
        return summary(capitalised(self.get_kind_display()), self)
