"""The answers of the journeys: what each page of the form asks is read on the page, and answered kind by kind."""

import re
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from labels.demonstration.papers import blank_pdf

CHOICES = {  # label: the answer chosen; elsewhere the first one
    "À qui est le lieu ?": "Il est prêté par un autre organisme",
    "Des travaux sont-ils nécessaires ?": "Non",
}
DAY, DAY_IN_WORDS = date(2027, 6, 6), "6 juin 2027"  # typed alike in every country
NUMBER = "120"
AMOUNT, AMOUNT_IN_WORDS = "1500,50", "1 500,50 €"
MARK = "(obligatoire)"


@dataclass
class Filling:
    """What was answered so far, by all who fill a form."""

    title: str
    texts: list[str] = field(default_factory=list)  # as they are read back
    files: dict[str, str] = field(default_factory=dict)  # name: SHA-256
    chosen: dict[str, str] = field(default_factory=dict)  # key of a slot: the value that makes others be asked


def fill_section(hand, filling, left_out=()):
    """Answer everything that the open page of a section requires and that is not answered yet, then save.

    Labels `left_out` stay without an answer.
    """
    touched = []
    for slot in hand.page.locator("[data-slot]").all():
        if is_wanted(slot, filling) and label_of(slot) not in left_out:
            ANSWERS[slot.get_attribute("data-kind")](hand, slot, filling)
            touched.append(slot)
    hand.save(touched)


def is_wanted(slot, filling) -> bool:
    """Whether a required answer is missing, to a question that the earlier answers make be asked."""
    condition = slot.get_attribute("data-condition")
    is_asked = not condition or filling.chosen.get(condition) == slot.get_attribute("data-condition-value")
    is_answered = slot.get_attribute("data-version") != "0" or slot.locator("[data-piece]").count()
    return is_asked and MARK in name_of(slot).inner_text() and not is_answered


def name_of(slot):
    return slot.locator(".field-label")


def label_of(slot) -> str:
    return name_of(slot).inner_text().replace(MARK, "").strip()


def answer_text(hand, slot, filling):
    """A text that says where it belongs; the title is the one that the file bears."""
    label, key = label_of(slot), slot.get_attribute("id")
    text = filling.title if label == "Intitulé du projet" else f"{label} : notre réponse {key}"
    hand.write(slot.locator("input[type=text], textarea"), text)
    filling.texts.append(text)


def answer_number(hand, slot, filling):
    hand.write(slot.get_by_role("textbox"), NUMBER)
    filling.texts.append(NUMBER)


def answer_amount(hand, slot, filling):
    hand.write(slot.get_by_role("textbox"), AMOUNT)
    filling.texts.append(AMOUNT_IN_WORDS)


def answer_day(hand, slot, filling):
    hand.write_day(slot.locator("input[type=date]"), DAY)
    filling.texts.append(DAY_IN_WORDS)


def answer_choice(hand, slot, filling):
    options = [text.strip() for text in slot.locator(".choice").all_inner_texts()]
    index = options.index(CHOICES.get(label_of(slot), options[0]))
    radios = slot.get_by_role("radio")
    hand.choose(radios, index)
    value = radios.nth(index).get_attribute("value")
    filling.chosen[slot.get_attribute("id")] = value
    filling.texts.append(value)


def answer_concept(hand, slot, filling):
    """Its name is read back, without its description."""
    hand.choose(slot.get_by_role("radio"), 1)
    filling.texts.append(slot.locator(".choice").nth(1).inner_text().split(" : ")[0].strip())


def answer_choices(hand, slot, filling):
    boxes = slot.get_by_role("checkbox")
    for box in boxes.all()[:2]:
        hand.tick(box)
        filling.texts.append(box.get_attribute("value"))


def answer_year(hand, slot, filling):
    years = slot.get_by_role("combobox")
    hand.select(years, 2)
    filling.texts.append(years.locator("option:checked").inner_text())


def answer_table(hand, slot, filling):
    """The same amount everywhere: each year, the five resources pay for the five expenses."""
    for cell in slot.get_by_role("textbox").all():
        hand.write(cell, AMOUNT)
    filling.texts.append(AMOUNT_IN_WORDS)


def answer_file(hand, slot, filling):
    """A document of its own for each place."""
    label, key = label_of(slot), slot.get_attribute("id")
    name = f"{re.sub('[^a-z]+', '-', label.lower())}-{key}.pdf"
    content = blank_pdf(label, key)
    hand.attach(slot, {"name": name, "mimeType": "application/pdf", "buffer": content})
    filling.files[name] = sha256(content).hexdigest()


ANSWERS = {
    "short_text": answer_text,
    "long_text": answer_text,
    "integer": answer_number,
    "amount": answer_amount,
    "date": answer_day,
    "choice": answer_choice,
    "choices": answer_choices,
    "yes_no": answer_choice,
    "table": answer_table,
    "concept": answer_concept,
    "school_year": answer_year,
    "file": answer_file,
}


def unsaid(text, parts) -> list[str]:
    """Those of the parts that a page or a document, of which this is the whole text, does not say."""
    said = " ".join(text.split())
    return [part for part in parts if part not in said]
