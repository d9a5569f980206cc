from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who may, and who did."""

    name = "schakel.accounts"
    label = "accounts"
    verbose_name = _("People and access")
