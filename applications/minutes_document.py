"""The minutes of a session to keep: a tagged PDF, and a text that any word processor opens."""

from django.utils import timezone

from .minutes_words import told_to
from .typesetting import in_groups, typeset

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it, word processors ask in which alphabet the text is
WIDTH = 72  # of the lines drawn under titles


def minutes_pdf(minutes, user) -> bytes:
    """The minutes as `user` may read them. Once approved, always the same bytes for the same reader."""
    told = told_to(user, minutes)
    footer = f"{told['call']}, {told['phase'].lower()}, {told['title'].lower()}"
    data = told | {"document_title": f"{told['title']}, {told['phase'].lower()}", "footer": footer}
    return typeset("minutes", data | {"groups": in_groups(told["sha256"])}, minutes.approved_at or timezone.now())


def minutes_text(minutes, user) -> str:
    """The same as plain text to be edited: one line a paragraph, titles underlined."""
    told = told_to(user, minutes)
    parts = [head_of(told), *filter(None, (part(*each) for each in parts_of(told)))]
    return BOM + "\n\n\n".join(parts) + "\n"


def head_of(told) -> str:
    lines = [told["call"].upper(), told["phase"], "", told["title"].upper(), "=" * WIDTH, f"{told['state']}."]
    lines += [told["partial"]] if told["partial"] else []
    lines += ["Démonstration, sans valeur."] if told["is_demo"] else []
    return "\n".join([*lines, "", *named_lines(told["facts"])])


def parts_of(told) -> list[tuple[str, list[str]]]:
    """Each part with its paragraphs; a part without any is left out."""
    return [
        ("Présence et quorum", ["\n".join(presence_lines(told)), told["quorum"]]),
        ("En cours de séance", ["\n".join(f"{each['hour']} : {each['words']}" for each in told["changes"])]),
        ("Ordre du jour", ["\n".join(f"{n}. {entitled(each)}" for n, each in enumerate(told["agenda"], start=1))]),
        ("Décisions", [file_text(file) for file in told["files"]] or ["Aucune décision."]),
        ("Dossiers sans décision", [f"{entitled(each)}\n{each['words']}" for each in told["undecided"]]),
        ("Dossiers qui ne vous sont pas ouverts", [f"{each['reference']}\n{each['why']}" for each in told["closed"]]),
        ("Délais de dépôt accordés dans la phase", [extension_text(each) for each in told["extensions"]]),
        ("Autres points", [told["observations"].strip()]),
        ("Remarques du comité", [f"{each['about']}\n{each['text']}" for each in told["remarks"]]),
        ("Annexe : classement de la phase", [told["tie_rule"], "\n".join(ranking_lines(told)), *told["ties"]]),
        ("Empreinte du procès-verbal approuvé (SHA-256)", [told["sha256"]]),
    ]


def part(title: str, paragraphs: list[str]) -> str:
    said = [each for each in paragraphs if each]
    return "\n\n".join([f"{title.upper()}\n{'-' * WIDTH}", *said]) if said else ""


def entitled(each) -> str:
    return f"{each['reference']}, {each['title']}"


def named_lines(facts) -> list[str]:
    return [f"{name} : {words}" for name, words in facts]


def presence_lines(told) -> list[str]:
    return [f"{seat['name']}, {seat['voice']} : {seat['words']}" for seat in told["seats"]]


def file_text(file) -> str:
    lines = [entitled(file), *named_lines(file["facts"]), f"Motif : {file['reason']}"]
    if file["points"]:
        lines += ["Points à améliorer :", *(f"- {point}" for point in file["points"])]
    return "\n".join(lines)


def extension_text(each) -> str:
    return f"{each['reference']}, {each['words']}.\nMotif : {each['reason']}"


def ranking_lines(told) -> list[str]:
    return [f"{line['rank']}. {entitled(line)} : {line['average']}" for line in told["ranking"]]
