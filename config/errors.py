import logging
import secrets

from django.http import HttpResponseServerError
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def server_error(request):
    """Answer a bug with a number to quote, found again in the log beside the exception.

    The page asks nothing of the database nor of the session: they may be what failed.
    """
    number = secrets.token_hex(4).upper()
    logger.error("Error %s on %s %s", number, request.method, request.path, exc_info=True)
    return HttpResponseServerError(render_to_string("500.html", {"number": number}))
