"""The numbers of a candidature of the demonstration: people, euros, years."""

from datetime import timedelta

from django.utils import timezone

from .choices import EXPENSES, RESOURCES


def first_opening() -> int:
    """The start of the first school year that leaves six months to prepare."""
    day = timezone.localdate() + timedelta(days=180)
    return day.year + (day.month > 9)


def learners_of(first: int) -> list[int]:
    """How many people learn each of the three years, from those of the first."""
    return [first, first * 3 // 2, first * 2]


def budget_of(sites: int, surface: int, works: int, learners: list[int]) -> dict:
    """A table of three years as an answer holds it, balanced: the carriers pay what the others do not.

    Args:
        surface: in square metres.
        works: works and equipment of the first year, in euros.
    """
    spent = {
        "rent": [sites * 9000 + surface * 20] * 3,
        "works": [works, 6000, 3000],
        "staff": [sites * cost for cost in (36_000, 37_000, 38_000)],
        "teaching": [count * 450 for count in learners],
        "promotion": [6000, 4000, 3000],
    }
    needed = totals(spent)
    found = {
        "region": [total // 500 * 100 for total in needed],
        "state": [works // 200 * 100, 0, 0],
        "employers": [count * 250 for count in learners],
        "fees": [count * 120 for count in learners],
    }
    found["carriers"] = [total - others for total, others in zip(needed, totals(found), strict=True)]
    return {
        "expenses": {label: [amount(euros) for euros in spent[key]] for key, label in EXPENSES.items()},
        "resources": {label: [amount(euros) for euros in found[key]] for key, label in RESOURCES.items()},
    }


def totals(rows: dict[str, list[int]]) -> list[int]:
    """The total of each year."""
    return [sum(year) for year in zip(*rows.values(), strict=True)]


def amount(euros: int) -> str:
    """`12500` → `"12500.00"`, as an answer holds an amount."""
    return f"{euros}.00"


def share(budget: dict, key: str) -> str:
    """What one of the resources brings in three years, as an answer holds an amount."""
    return amount(sum(int(float(cell)) for cell in budget["resources"][RESOURCES[key]]))
