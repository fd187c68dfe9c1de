"""What must be true before any page answers."""

from .embargo import watch


def carry_out_proclamations(get_response):
    """At the hour of a planned proclamation, the first request makes it, then is answered: nothing waits for a cron."""

    def answer(request):
        watch.keep()
        return get_response(request)

    return answer
