from django.contrib import admin
from django.urls import include, path

from config.health import health

urlpatterns = [
    path("compte/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("sante/", health, name="health"),
    path("", include("config.pages")),
    path("", include("territories.urls")),
    path("", include("applications.urls")),
    path("", include("labels.urls")),
]

handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"
