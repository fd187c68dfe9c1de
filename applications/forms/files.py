from django import forms


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class SeveralFilesField(forms.FileField):
    """Reads a list of uploaded files, possibly empty. What each contains is checked when it is received."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError("Choisissez au moins un fichier.")
        return list(files)
