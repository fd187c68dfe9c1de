"""The crispy pack `house`: every field kind, named, hinted, marked and wired for those who do not see the page."""

from html.parser import HTMLParser

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Div, Field, Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

CHOICES = [("a", "Antenne progressive"), ("b", "Tiers-lieu")]
ONE_INPUT = {
    "text": forms.CharField,
    "textarea": lambda **kwargs: forms.CharField(widget=forms.Textarea, **kwargs),
    "e-mail": forms.EmailField,
    "number": forms.IntegerField,
    "date": forms.DateField,
    "select": lambda **kwargs: forms.ChoiceField(choices=[("", "Choisir"), *CHOICES], **kwargs),
    "select of several": lambda **kwargs: forms.MultipleChoiceField(choices=CHOICES, **kwargs),
    "single checkbox": forms.BooleanField,
    "file": lambda **kwargs: forms.FileField(widget=forms.FileInput, **kwargs),
    "clearable file": forms.FileField,
    "password": lambda **kwargs: forms.CharField(widget=forms.PasswordInput, **kwargs),
}
GROUPS = {
    "radio": lambda **kwargs: forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, **kwargs),
    "checkboxes": lambda **kwargs: forms.MultipleChoiceField(
        choices=[("Groupe", CHOICES)], widget=forms.CheckboxSelectMultiple, **kwargs
    ),
    "date and hour": forms.SplitDateTimeField,
    "date in three lists": lambda **kwargs: forms.DateField(widget=forms.SelectDateWidget, **kwargs),
}


class Page(HTMLParser):
    """The elements of a page, as (tag, attributes), and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]

    def inputs(self):
        return [attrs for attrs in self.all("input", "select", "textarea") if attrs.get("type") != "hidden"]

    def ids(self):
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]


def form_of(field, data=None, **kwargs):
    form_class = type("OneField", (forms.Form,), {"it": field})
    form = form_class(data, **kwargs)
    form.helper = FormHelper()
    form.helper.disable_csrf = True
    return form


def page_of(form) -> Page:
    return Page(render_crispy_form(form))


@pytest.mark.parametrize("make", ONE_INPUT.values(), ids=ONE_INPUT)
def test_a_field_has_its_label_its_hint_and_its_mark(make):
    page = page_of(form_of(make(label="Projet", help_text="En une phrase.")))
    [control] = page.inputs()
    assert [label["for"] for label in page.all("label")] == [control["id"]]
    assert control["aria-describedby"] == "id_it_helptext"
    assert "id_it_helptext" in page.ids()
    assert "required" in control or "multiple" in control or control["type"] == "checkbox"
    assert "Projet (obligatoire)" in " ".join(page.text.split())
    assert "aria-invalid" not in control


@pytest.mark.parametrize("make", ONE_INPUT.values(), ids=ONE_INPUT)
def test_a_wrong_field_is_described_by_its_error_and_reached_from_the_summary(make):
    page = page_of(form_of(make(label="Projet", help_text="En une phrase."), {"other": "1"}))
    [control] = page.inputs()
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_it_helptext id_it_error"
    assert {"id_it_helptext", "id_it_error"} <= set(page.ids())
    assert [link["href"] for link in page.all("a")] == [f"#{control['id']}"]


@pytest.mark.parametrize("make", GROUPS.values(), ids=GROUPS)
def test_a_group_has_a_legend_and_a_label_for_each_of_its_inputs(make):
    page = page_of(form_of(make(label="Projet", help_text="En une phrase.")))
    [fieldset] = page.all("fieldset")
    assert fieldset["aria-describedby"] == "id_it_helptext"
    assert len(page.all("legend")) == 1
    assert [label["for"] for label in page.all("label")] == [control["id"] for control in page.inputs()]


@pytest.mark.parametrize("make", GROUPS.values(), ids=GROUPS)
def test_a_wrong_group_is_described_by_its_error_and_reached_from_the_summary(make):
    page = page_of(form_of(make(label="Projet"), {"other": "1"}))
    [fieldset] = page.all("fieldset")
    assert fieldset["aria-describedby"] == "id_it_error"
    assert "id_it_error" in page.ids()
    assert page.all("a")[0]["href"].removeprefix("#") in page.ids()


@pytest.mark.parametrize("make", [*ONE_INPUT.values(), *GROUPS.values()], ids=[*ONE_INPUT, *GROUPS])
def test_no_id_is_given_twice(make):
    ids = page_of(form_of(make(help_text="Indice"), {"other": "1"})).ids()
    assert len(ids) == len(set(ids))


def test_a_field_that_may_stay_empty_has_no_mark():
    assert "obligatoire" not in page_of(form_of(forms.CharField(label="Projet", required=False))).text


def test_a_hidden_field_shows_nothing_but_tells_its_error():
    page = page_of(form_of(forms.CharField(widget=forms.HiddenInput), {"other": "1"}))
    assert (page.inputs(), page.all("label")) == ([], [])
    assert "Ce champ est obligatoire." in page.text


def test_the_summary_is_announced_and_takes_the_focus():
    page = page_of(form_of(forms.CharField(), {"it": ""}))
    [summary] = [attrs for attrs in page.all("div") if attrs.get("class") == "error-summary"]
    assert (summary["role"], summary["tabindex"], "autofocus" in summary) == ("alert", "-1", True)


def test_what_was_typed_is_kept_beside_the_error():
    page = page_of(form_of(forms.EmailField(), {"it": "marie@"}))
    assert page.inputs()[0]["value"] == "marie@"


def test_errors_of_the_whole_form_stand_in_the_summary():
    form = form_of(forms.CharField(), {"it": "x"})
    form.add_error(None, "L’appel est clos.")
    assert "L’appel est clos." in page_of(form).text


def test_typed_text_is_escaped_everywhere():
    form = form_of(forms.CharField(label="<b>Projet"), {"it": "<script>"})
    form.add_error("it", "Pas de <script>")
    assert page_of(form).all("script", "b") == []


def test_a_form_with_a_file_is_sent_as_one():
    assert page_of(form_of(forms.FileField())).all("form")[0]["enctype"] == "multipart/form-data"


def test_a_file_already_there_can_be_seen_and_removed():
    kept = SimpleUploadedFile("delib.pdf", b"")
    kept.url = "/piece/1/"
    page = page_of(form_of(forms.FileField(required=False), initial={"it": kept}))
    assert [link["href"] for link in page.all("a")] == ["/piece/1/"]
    assert {control["type"] for control in page.inputs()} == {"file", "checkbox"}


def test_layout_objects_render_in_their_order():
    form = form_of(forms.CharField(label="Projet"))
    form.helper.layout = Layout(
        Fieldset("Section", Div(Field("it", wrapper_class="court"), css_class="cadre"), css_id="section"),
        HTML("<p>Relisez.</p>"),
        ButtonHolder(Submit("save", "Enregistrer", css_class="btn-secondary")),
    )
    form.helper.add_input(Submit("send", "Déposer"))
    page = page_of(form)
    assert page.all("fieldset")[0]["id"] == "section"
    assert {"cadre", "field court"} <= {attrs.get("class") for attrs in page.all("div")}
    assert [button["name"] for button in page.all("button")] == ["save", "send"]
    assert " ".join(page.text.split()) == "Section Projet (obligatoire) Relisez. Enregistrer Déposer"


def test_a_formset_carries_its_management_form_and_the_errors_of_each_form():
    formset_class = forms.formset_factory(type("Item", (forms.Form,), {"it": forms.CharField(label="Site")}), min_num=2)
    formset = formset_class({"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "form-0-it": "Dreux", "form-1-it": ""})
    formset.helper = FormHelper()
    formset.helper.disable_csrf = True
    page = page_of(formset)
    assert page.all("input")[0]["name"] == "form-TOTAL_FORMS"
    assert [link["href"] for link in page.all("a")] == ["#id_form-1-it"]
    assert [control["name"] for control in page.inputs()] == ["form-0-it", "form-1-it"]
