from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from applications.models import Answer

TEMPLATE = engines["django"].from_string("{{ text }}")


@login_not_required
def bare(request, size):
    """A static text of `size` bytes through the same server, middleware and template engine: no query, no rule."""
    return HttpResponse(TEMPLATE.render({"text": "x" * size}, request))


def bare_save(request):
    """The bare view of a save: for a person signed in, an answer is read, then written. No rule, no form."""
    answer = Answer.objects.filter(question=request.POST["question"]).first()
    Answer.objects.filter(pk=answer.pk).update(value=request.POST["text"], updated_at=timezone.now())
    return JsonResponse({"version": answer.version})


urlpatterns = [
    path("bare/<int:size>/", bare),
    path("bare/save/", bare_save),
    path("", include("config.urls")),
]
