"""The Django app of the common look."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScreensConfig(AppConfig):
    name = "schakel.screens"
    label = "screens"
    verbose_name = _("Screens")
