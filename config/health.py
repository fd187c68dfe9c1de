"""/sante/: what a probe or an operator needs to know, without any secret."""

import tempfile
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.http import JsonResponse


@login_not_required
def health(request):
    return JsonResponse({})
