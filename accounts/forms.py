from django import forms


class SignupForm(forms.Form):
    """What signing up asks beside e-mail and password (django-allauth adds those)."""

    full_name = forms.CharField(label="Prénom et nom", max_length=150, widget=forms.TextInput({"autocomplete": "name"}))
    field_order = ["full_name", "email", "password1"]

    def signup(self, request, user):
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])
