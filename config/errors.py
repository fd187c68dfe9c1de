import logging
import secrets

from django.http import HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.middleware import typed_texts

logger = logging.getLogger(__name__)


def bad_request(request, exception):
    """Answer what cannot be read: too large, too many fields, a forged address.

    As on the page of a bug, nothing is asked of the request: it may not have got as far as its session.
    """
    return HttpResponseBadRequest(render_to_string("400.html"))


def server_error(request):
    """Answer a bug with a number to quote, found again in the log beside the exception.

    The page asks nothing of the database nor of the session: they may be what failed.
    """
    number = secrets.token_hex(4).upper()
    logger.error("Error %s on %s %s", number, request.method, request.path, exc_info=True)
    return HttpResponseServerError(render_to_string("500.html", {"number": number}))


def csrf_failure(request, reason=""):
    """Answer a form whose page is too old to be trusted: what was typed in it is shown, to be copied."""
    return render(request, "403_csrf.html", {"texts": typed_texts(request)}, status=403)
