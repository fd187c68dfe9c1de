"""Every minute: carry out the proclamations whose hour has come, queue their letters, send what waits."""

from django.core.management.base import BaseCommand

from applications.letters import dispatch_letters
from applications.sending import alone_on_this_machine, send_outbox, tell_interrupted
from labels.embargo import carry_out_due


class Command(BaseCommand):
    help = "Proclame à l’heure dite, met les lettres en file et envoie les courriels qui attendent."

    def handle(self, **options):
        carry_out_due()
        with alone_on_this_machine() as is_alone:
            if is_alone:
                tell_interrupted()
                dispatch_letters()
                send_outbox()
