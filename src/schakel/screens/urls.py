"""Addresses of the look: theme and language."""

from django.urls import path
from django.views.i18n import set_language

from schakel.screens import views

urlpatterns = [
    path("look/theme/", views.theme, name="theme"),
    path("look/language/", set_language, name="set_language"),
]
