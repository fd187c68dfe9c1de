from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "labels"
    verbose_name = "lauréats"

    def ready(self):
        from applications import after_label
        from applications.overlaps import register_labelled

        from .holders import labelled_holders
        from .reporting import awaited_of, send_requests

        register_labelled(labelled_holders)
        after_label.register(awaited=awaited_of, reminders=("Bilans annuels demandés ou rappelés", send_requests))
