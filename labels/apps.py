from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "labels"
    verbose_name = "lauréats"

    def ready(self):
        from applications.overlaps import register_labelled

        from .holders import labelled_holders

        register_labelled(labelled_holders)
