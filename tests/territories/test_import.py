"""Lists of the national programmes. The files made here have the format and the traps of the published ones."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from territories.models import Commune, NationalProgramme, ProgrammeList, ProgrammeMember, ProgrammeTerritory
from territories.programme_lists import MAX_SIZE, record_known_members
from tests.factories import CommuneFactory, EpciFactory

ACV = """insee_com,lib_com,id_acv,lib_acv,date_signature
80001,Abbeville,acv-001,Abbeville,2018-09-28
2A004,Ajaccio,acv-004,Ajaccio,2018-07-12
15012,Arpajon-sur-Cère,acv-017,Aurillac-Arpajon-sur-Cère,2018-09-20
15014,Aurillac,acv-017,Aurillac-Arpajon-sur-Cère,2018-09-20
"""
TI = """id_ti,lib_ti,siren_groupement,lib_groupement,kind
ti-1101,Boucle Nord de la Seine,200057990,EPT Boucle Nord de Seine,ept
ti-9303,Carros,210600334,Carros,commune
ti-9303,Carros,200030195,Métropole Nice Côte d'Azur,epci
"""


@pytest.fixture(autouse=True)
def _programmes():
    NationalProgramme.objects.create(code="ACV", name="Action cœur de ville")
    NationalProgramme.objects.create(code="TI", name="Territoires d’industrie")


@pytest.fixture(autouse=True)
def _places():
    for code in ("80001", "2A004", "15012", "15014"):
        CommuneFactory(insee_code=code)
    CommuneFactory(insee_code="06033", siren="210600334")
    EpciFactory(siren="200057990", kind="EPT")
    EpciFactory(siren="200030195", kind="METRO")


@pytest.fixture
def run(tmp_path):
    """Imports `content` as a file and gives what the command says."""

    def run(code, content, *options):
        path = tmp_path / "liste.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        said = StringIO()
        try:
            call_command("import_programme", code, str(path), *options, stdout=said)
        except CommandError as error:
            said.write(str(error))
        return said.getvalue().replace("\u00a0", " ")

    return run


def counts():
    return [model.objects.count() for model in (ProgrammeList, ProgrammeTerritory, ProgrammeMember)]


def test_acv_list_groups_communes_by_site(run):
    said = run("ACV", ACV, "--complete", "--source", "ANCT", "--date", "2021-06-01")

    assert "4 membres dans 3 territoires. Liste enregistrée." in said
    kept = ProgrammeList.objects.get()
    assert (kept.is_complete, kept.source_title, kept.published_on) == (True, "ANCT", date(2021, 6, 1))
    pair = kept.territories.get(code="acv-017")
    assert {member.commune_id for member in pair.members.all()} == {"15012", "15014"}


def test_ti_list_names_epci_ept_and_communes_by_siren(run):
    run("TI", TI)

    members = ProgrammeMember.objects.all()
    assert {(member.commune_id, member.epci_id) for member in members} == {
        (None, "200057990"),
        ("06033", None),
        (None, "200030195"),
    }


def test_importing_twice_changes_nothing(run):
    run("ACV", ACV)
    shuffled = "\n".join([ACV.splitlines()[0], *reversed(ACV.splitlines()[1:])])

    assert "déjà enregistrée" in run("ACV", ACV)
    assert "déjà enregistrée" in run("ACV", shuffled)
    assert counts() == [1, 3, 4]


def test_a_newer_list_counts_and_the_former_stays(run):
    run("ACV", ACV, "--complete", "--date", "2020-01-01")
    run("ACV", ACV.replace("80001,Abbeville,acv-001,Abbeville,2018-09-28\n", ""), "--complete", "--date", "2021-01-01")

    assert [kept.territories.count() for kept in ProgrammeList.objects.all()] == [2, 3]
    assert NationalProgramme.objects.get(code="ACV").current_list.published_on == date(2021, 1, 1)


def test_an_older_list_imported_late_does_not_count(run):
    run("ACV", ACV, "--complete", "--date", "2021-01-01")
    run("ACV", ACV.replace("Abbeville", "Abbeville-sur-Somme"), "--complete", "--date", "2020-01-01")

    assert NationalProgramme.objects.get(code="ACV").current_list.published_on == date(2021, 1, 1)


def test_dry_run_says_what_it_would_do_and_does_nothing(run):
    said = run("ACV", ACV, "--dry-run")

    assert "4 membres dans 3 territoires. Essai : rien n’a été changé." in said
    assert counts() == [0, 0, 0]


def test_unknown_codes_are_named_and_refuse_the_whole_list(run):
    said = run("ACV", ACV + "99999,Nulleville,acv-999,Nulleville,2018-01-01\n")

    assert "Ligne 6 : code INSEE 99999 inconnu (Nulleville)." in said
    assert "Liste refusée (1 ligne à corriger). Rien n’a été changé." in said
    assert counts() == [0, 0, 0]


def test_unknown_codes_are_skipped_when_asked(run):
    said = run("ACV", ACV + "99999,Nulleville,acv-999,Nulleville,2018-01-01\n", "--skip-unknown")

    assert "Ligne 6 : code INSEE 99999 inconnu" in said
    assert counts() == [1, 3, 4]


def test_unknown_siren_is_named(run):
    assert "Ligne 5 : SIREN 123456789 inconnu" in run("TI", TI + "ti-1,Un,123456789,CC Un,epci\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (ACV.replace("insee_com", "code"), "Ligne 1 : il manque la colonne insee_com."),
        (TI, "il manque les colonnes id_acv, lib_acv, insee_com."),
        (ACV.encode("latin-1"), "Ligne 4 : le fichier n’est pas encodé en UTF-8."),
        (ACV.replace("2A004", "\n2A004"), "Ligne 3 : ligne vide."),
        (ACV.replace("2A004", ",,,,\n2A004"), "Ligne 3 : ligne vide."),
        (ACV + "80001\n", "Ligne 6 : 1 cellules au lieu de 5."),
        (ACV + ",Rien,acv-9,Rien,\n", "Ligne 6 : le code, le nom du territoire ou le code du membre manque."),
        (ACV + "80001,Abbeville,acv-001,Abbeville,2018\n", "Ligne 6 : 80001 figure déjà à la ligne 2."),
        (ACV + "06033,Carros,acv-001,Carros,2018\n", "Ligne 6 : acv-001 s’appelle « Carros », mais « Abbeville »"),
        (ACV + f"06033,Carros,{'x' * 21},Carros,2018\n", "Ligne 6 : le code ou le nom du territoire est trop long."),
        (ACV + '80001,"Abbe', "Ligne 6 : ce n’est pas du CSV"),
        (ACV.splitlines()[0], "il ne nomme aucun territoire"),
        (b"", "Le fichier est vide."),
        (b"\x00\x01\x02PNG", "Le fichier n’est pas du texte"),
        (b"x" * (MAX_SIZE * 2), "Le fichier dépasse 5 Mo"),
        (b"x" * (MAX_SIZE - 1), "ce n’est pas du CSV"),
    ],
)
def test_a_bad_file_is_told_clearly_and_changes_nothing(run, content, message):
    said = run("ACV", content)

    assert message in said
    assert "Rien n’a été changé." in said
    assert len(said) < 1_000
    assert counts() == [0, 0, 0]


def test_unknown_kind_of_member_is_told(run):
    assert "Ligne 2 : nature « syndicat » inconnue" in run("TI", TI.replace(",ept", ",syndicat"))


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + ACV.encode(), ACV.replace(",", ";"), ACV.replace("\n", "\r\n")])
def test_spreadsheet_habits_are_understood(run, content):
    assert "4 membres dans 3 territoires" in run("ACV", content)


def test_missing_file_and_unknown_programme_are_told():
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        call_command("import_programme", "ACV", "nulle-part.csv")
    with pytest.raises(CommandError, match="Programme XX inconnu"):
        call_command("import_programme", "XX", "nulle-part.csv")


def known_members(**more):
    source = {"source_title": "Communiqué", "published_on": date(2021, 7, 1)} | more
    return record_known_members("ACV", [Commune.objects.get(pk="80001")], [], **source)


def test_known_members_make_a_partial_list_once():
    assert known_members().is_complete is False
    assert known_members() is None
    assert counts() == [1, 1, 1]


def test_known_members_never_override_a_complete_list(run):
    run("ACV", ACV, "--complete", "--date", "2020-01-01")
    known_members()

    assert NationalProgramme.objects.get(code="ACV").current_list.is_complete
