"""What was added and removed, in HTML. Written here: a space of a template would be a space of the text."""

from django import template
from django.utils.html import format_html, format_html_join

from ..text_changes import ADDED, REMOVED, SAME, SKIPPED

register = template.Library()
HIDDEN = '<span class="visually-hidden">{}</span>'
RUNS = {  # what is seen and, hidden, what is heard
    SAME: "{}",
    ADDED: f"<ins>{HIDDEN.format('ajouté : ')}{{}}{HIDDEN.format(' (fin de l’ajout) ')}</ins>",
    REMOVED: f"<del>{HIDDEN.format('retiré : ')}{{}}{HIDDEN.format(' (fin du retrait) ')}</del>",
    SKIPPED: '<span class="comparison-skipped">… {} …</span>',
}


@register.filter
def marked(ops, between: str = ""):
    """Runs of text (`text_changes.Op`) as HTML, `between` set between them."""
    return format_html_join(between, "{}", ((format_html(RUNS[op.kind], op.text),) for op in ops))
