from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """What is going on: tables, journal, actions."""

    name = "schakel.operations"
    label = "operations"
    verbose_name = _("Care requests")
