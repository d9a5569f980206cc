"""The addresses of all doors."""

from django.contrib import admin
from django.urls import include, path

from schakel.accounts.views import home
from schakel.screens.stream import live

urlpatterns = [
    path("", home, name="home"),
    path("", include("schakel.screens.urls")),
    path("live/", live, name="live"),
    path("account/", include("schakel.accounts.urls")),
    path("admin/", admin.site.urls),
    path("desk/", include("schakel.desk.urls")),
    path("board/", include("schakel.board.urls")),
    path("field/", include("schakel.field.urls")),
    path("partner/", include("schakel.partner.urls")),
    path("privacy/", include("schakel.privacy.urls")),
]
