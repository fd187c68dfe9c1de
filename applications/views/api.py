"""Answers that a page's JavaScript reads: JSON with a message in French, whatever happened.

200: done. 401: the session ended, `sign_in` says where to go. 403 and 404: `message`. 409: somebody else saved,
`theirs`. 422: `errors`. The 401 comes from `accounts.middleware`, which knows who asks for JSON.
"""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse

from ..models import ForbiddenTransition

GONE = "Vous n’avez plus accès à cette candidature : quelqu’un vous en a peut-être retiré."
NOT_EDITOR = "Vous pouvez lire cette candidature, non la modifier."


def answers_json(view):
    """Turn the refusals of a view into JSON: not yours or gone → 404, not allowed or no longer possible → 403."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return JsonResponse({"message": GONE}, status=404)
        except PermissionDenied:
            return JsonResponse({"message": NOT_EDITOR}, status=403)
        except ForbiddenTransition as refusal:
            return JsonResponse({"message": str(refusal)}, status=403)

    return answered
