"""Parts of addresses: the reference of a candidature, and the verbs of its life, in French."""

from django.utils.text import slugify

from .models import TRANSITIONS, Actor


class ReferenceConverter:
    """`AMI2-0007`, as text."""

    regex = r"[0-9A-Za-z_-]+-[0-9]{4,8}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class VerbConverter:
    """`deposer` in the address, `submit` in Python: the slug of each button of the applicant."""

    regex = "[a-z-]+"
    verbs = {slugify(t.label): verb for verb, t in TRANSITIONS.items() if t.actor == Actor.APPLICANT}
    slugs = {verb: slug for slug, verb in verbs.items()}

    def to_python(self, value):
        if value not in self.verbs:
            raise ValueError(value)
        return self.verbs[value]

    def to_url(self, value):
        return self.slugs[value]
