from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Length, Lower
from django.db.models.lookups import In
from django.utils import timezone
from stdnum.fr import siret


def validate_siret(value):
    """Refuse a number that is not a SIRET of fourteen digits with its keys."""
    if not siret.is_valid(value):
        raise ValidationError("Ce numéro SIRET n’existe pas\u00a0: quatorze chiffres, dont une clé de contrôle.")


class Role(models.TextChoices):
    APPLICANT = "applicant", "candidat"
    COMMITTEE = "committee", "membre du comité"
    STAFF = "staff", "équipe du programme"
    ADMINISTRATOR = "administrator", "administrateur"


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        """Create a person who signs in with `email`, stored in lower case.

        Raises:
            ValueError: no e-mail.
        """
        if not email:
            raise ValueError("A user needs an e-mail.")
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser):
    """A person. The e-mail is the login; the role says which part of the portal is theirs (design §6).

    Whether an applicant may open a candidature, or a member score it, is never said here:
    memberships and seats say it.
    """

    STAFF_APPS = {"territories", "applications", "labels", "post_office"}

    email = models.EmailField("adresse électronique", unique=True)
    full_name = models.CharField("prénom et nom", max_length=150)
    siret = models.CharField(
        "numéro SIRET de l’établissement",
        max_length=14,
        blank=True,
        validators=[validate_siret],
        help_text="Transmis par ProConnect à chaque connexion.",
    )
    role = models.CharField("rôle", max_length=20, choices=Role, default=Role.APPLICANT)
    is_active = models.BooleanField("compte actif", default=True)
    date_joined = models.DateTimeField("inscription", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "personne"
        ordering = ["full_name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_the_case"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(condition=In(Length("siret"), [0, 14]), name="user_siret_whole_or_empty"),
        ]

    def __str__(self):
        return self.full_name or self.email

    def get_full_name(self):
        return self.full_name

    @property
    def siren(self) -> str:
        """The nine digits of the body that employs the person, as ProConnect last said; empty when unknown."""
        return self.siret[:9]

    @property
    def is_staff(self) -> bool:
        """Whether the person belongs to the programme's team."""
        return self.role in (Role.STAFF, Role.ADMINISTRATOR)

    @property
    def is_superuser(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def may_enter_admin(self) -> bool:
        return self.is_active and self.role != Role.APPLICANT

    def has_perm(self, perm, obj=None) -> bool:
        return self.has_module_perms(perm.partition(".")[0])

    def has_module_perms(self, app_label) -> bool:
        """Administrators see every part of the admin, staff those of the programme, others none by right."""
        if not self.is_active:
            return False
        return self.is_superuser or (self.is_staff and app_label in self.STAFF_APPS)
