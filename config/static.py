"""How static files are served: compressed, under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModulesStorage(CompressedManifestStaticFilesStorage):
    """Also inside JavaScript modules: a page never runs the modules of two versions of the portal together."""

    support_js_module_import_aggregation = True
