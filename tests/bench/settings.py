"""The portal's settings, with one address more: the bare view that every page is compared with."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
