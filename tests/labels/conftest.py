from functools import cache
from io import StringIO

import pytest
from django.core.management import call_command

from labels.loading import carriers_of, read_laureates
from territories.loading import PROGRAMMES
from territories.models import Commune, Department, Epci, NationalProgramme, Region
from territories.reference import read_rows


@cache
def reference_rows(more=frozenset()):
    """The real rows of the territories that the laureates name, and of those whose INSEE code or SIREN is in `more`:
    communes, and the EPCI that carry or hold them.
    """
    laureates = read_laureates()
    codes = {code for row in laureates for code in row["sites"]} | more
    communes = [row for row in read_rows("communes.csv.xz") if row["insee_code"] in codes]
    sirens = {code for row in laureates for kind, code in carriers_of(row) if kind == "epci"} | more
    sirens |= {row["epci_siren"] for row in communes}
    return communes, [row for row in read_rows("epci.csv") if row["siren"] in sirens]


def create_territories(communes, epcis):
    """Reference rows as `load_territories` makes them."""
    Region.objects.bulk_create(
        Region(code=row["code"], name=row["name"], zone=row["zone"]) for row in read_rows("regions.csv")
    )
    Department.objects.bulk_create(
        Department(code=row["code"], name=row["name"], region_id=row["region"]) for row in read_rows("departements.csv")
    )
    Epci.objects.bulk_create(
        Epci(
            siren=row["siren"],
            name=row["name"],
            kind=row["type"],
            population=int(row["population"]),
            department_id=row["departement"],
        )
        for row in epcis
    )
    Commune.objects.bulk_create(
        Commune(
            insee_code=row["insee_code"],
            name=row["name"],
            kind=row["kind"],
            department_id=row["department"],
            epci_id=row["epci_siren"] or None,
            population=int(row["population"]),
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        for row in communes
    )
    NationalProgramme.objects.bulk_create(
        NationalProgramme(code=programme.code, name=programme.name) for programme in PROGRAMMES
    )


@pytest.fixture
def territories():
    """The territories of the laureates, as `load_territories` makes them."""
    create_territories(*reference_rows())


@pytest.fixture
def programme(territories):
    """The programme as published, loaded by its command."""
    call_command("load_programme", stdout=StringIO())
