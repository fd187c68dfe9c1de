from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.models import Group

from .models import Role, User

# Roles say what groups would. An authenticator's page shows its secret: a lost telephone is handled from the person.
# ProConnect is set by the settings alone, and its accounts by the people who come through it.
admin.site.unregister([Group, Authenticator, SocialAccount, SocialApp, SocialToken])


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People and their roles, for administrators. Passwords are chosen by each person, never seen nor set here."""

    list_display = ["full_name", "email", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["full_name", "email"]
    fields = ["full_name", "email", "siret", "role", "is_active", "date_joined", "last_login"]
    readonly_fields = ["siret", "date_joined", "last_login"]
    actions = ["remove_second_factor"]

    def has_delete_permission(self, request, obj=None):
        """A person is deactivated, never deleted: their acts stay in the journals."""
        return False

    def save_model(self, request, obj, form, change):
        """A new person chooses a password by « mot de passe oublié »; a new address is to be confirmed again.

        What was joined through ProConnect was joined by the old address, and goes with it.
        """
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()
            SocialAccount.objects.filter(user=obj).delete()
        if change and "role" in form.changed_data:
            self.log_change(request, obj, f"Rôle\u00a0: {Role(form.initial['role']).label} → {obj.get_role_display()}.")

    @admin.action(description="Retirer le second facteur (téléphone perdu)", permissions=["change"])
    def remove_second_factor(self, request, queryset):
        for user in queryset:
            Authenticator.objects.filter(user=user).delete()
            self.log_change(request, user, "Second facteur retiré.")
        self.message_user(request, f"Second facteur retiré\u00a0: {len(queryset)} personne(s).")
