"""Addresses of logging in and out, and of taking over a desk."""

from django.urls import include, path, re_path

from schakel.accounts import views

urlpatterns = [
    path("switch/", views.switch, name="switch"),
    # Accounts are made, and lost passwords replaced, by the administrator: no mail, no visitor's form.
    re_path(r"^(signup|email|confirm-email|password/reset|password/set)/", views.by_administrator),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
