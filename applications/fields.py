from django import forms


class LongText(forms.CharField):
    """A text of several lines, counted as people count: a browser sends a line break as two characters, it is one."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")
