"""The addresses of all doors."""

from django.urls import include, path

from schakel.screens.stream import live

urlpatterns = [
    path("", include("schakel.screens.urls")),
    path("live/", live, name="live"),
    path("account/", include("schakel.accounts.urls")),
    path("desk/", include("schakel.desk.urls")),
    path("board/", include("schakel.board.urls")),
    path("field/", include("schakel.field.urls")),
    path("partner/", include("schakel.partner.urls")),
    path("privacy/", include("schakel.privacy.urls")),
]
