from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit


def helper_with(button: str, *layout, action="") -> FormHelper:
    """The form's frame: its fields, or this layout of them, one button, and where it is sent when not to its page."""
    helper = FormHelper()
    helper.form_action = action
    if layout:
        helper.layout = Layout(*layout)
    helper.add_input(Submit("", button))
    return helper
