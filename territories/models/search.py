"""The words by which a territory is found. Written by `load_territories` from the reference rows, like an index."""

from django.db import models
from django.db.models import Q
from django.db.models.lookups import StartsWith

from .geography import Commune, Epci


@models.CharField.register_lookup
class Prefix(StartsWith):
    """`startswith` that uses the index on both databases, for values made of [a-z0-9 ].

    SQLite's LIKE ignores case, hence also the index; a range of the same meaning does not.
    """

    lookup_name = "prefix"

    def get_rhs_op(self, connection, rhs):
        return connection.operators["startswith"] % rhs

    def as_sqlite(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"({left} >= %s AND {left} < %s)", [*params, self.rhs, *params, self.rhs + "\U0010ffff"]


class SearchKey(models.Model):
    """A normalised name, part of a name or code, that leads to a commune or an EPCI."""

    class Rank(models.IntegerChoices):
        """The order of answers, for one typed text."""

        CODE = 0, "code INSEE"
        TOWN = 1, "nom de la commune la plus peuplée de ce nom"
        EPCI = 2, "nom d’intercommunalité"
        EPCI_PART = 3, "mot du nom d’une intercommunalité, ou sa ville principale"
        HOMONYM = 4, "nom d’une autre commune"
        POSTAL_CODE = 5, "code postal"
        PART = 6, "mot du nom d’une commune"
        FORMER = 7, "ancien nom"
        FORMER_PART = 8, "mot d’un ancien nom"
        SIREN = 9, "SIREN"

    key = models.CharField("clé", max_length=120, db_index=True)
    rank = models.PositiveSmallIntegerField("rang", choices=Rank)
    weight = models.PositiveIntegerField("poids", help_text="La population : la plus peuplée vient d’abord.")
    # Found by their key only: without an index of their own, the load is faster.
    commune = models.ForeignKey(
        Commune, models.CASCADE, "search_keys", null=True, db_index=False, verbose_name="commune"
    )
    epci = models.ForeignKey(
        Epci, models.CASCADE, "search_keys", null=True, db_index=False, verbose_name="intercommunalité"
    )

    class Meta:
        verbose_name = "clé de recherche"
        verbose_name_plural = "clés de recherche"
        ordering = ["key", "rank", "-weight", "pk"]
        constraints = [
            models.CheckConstraint(
                name="search_key_leads_to_a_commune_or_an_epci",
                condition=Q(commune__isnull=False, epci__isnull=True) | Q(commune__isnull=True, epci__isnull=False),
            )
        ]

    def __str__(self):
        return self.key

    @property
    def territory(self) -> Commune | Epci:
        return self.commune or self.epci
