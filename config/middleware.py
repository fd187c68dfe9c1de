"""What is refused before any page reads it."""

from urllib.parse import unquote

from django.core.exceptions import BadRequest


def refuse_nul(get_response):
    """Answer 400 to the NUL character in an address or a cookie: nobody types it, and PostgreSQL stores no such text.

    What is posted is left to the forms, whose fields refuse it one by one and keep what was typed.
    """

    def answer(request):
        query = unquote(request.META.get("QUERY_STRING", ""))
        if any("\x00" in text for text in (request.path_info, query, *request.COOKIES.values())):
            raise BadRequest("NUL character in the address or in a cookie")
        return get_response(request)

    return answer
