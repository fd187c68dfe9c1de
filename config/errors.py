import logging
import secrets

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template

logger = logging.getLogger(__name__)


@login_not_required
def server_error(request):
    """Answer a bug with a number to quote. The page needs neither database nor session: they may be the fault."""
    number = secrets.token_hex(4).upper()
    logger.critical("Error %s on %s %s", number, request.method, request.path, exc_info=True)
    return HttpResponseServerError(get_template("500.html").render({"number": number}))


@login_not_required
def csrf_failure(request, reason=""):
    """A form sent from a page that has expired: nothing is saved, and the person is told how to get the text back."""
    logger.warning("CSRF failure on %s: %s", request.path, reason)
    return render(request, "403_csrf.html", status=403)
