from django.http import HttpResponse


def eligibility(request):
    return HttpResponse()


search_page = search_json = eligibility
