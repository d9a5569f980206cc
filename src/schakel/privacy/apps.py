from django.apps import AppConfig

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Role


class PrivacyConfig(AppConfig):
    """The privacy officer's screens: who looked at what, and why."""

    name = "schakel.privacy"
    label = "privacy"

    def ready(self) -> None:
        from schakel.screens.navigation import NavItem, register

        def officer(viewer) -> bool:
            return viewer.has(Role.PRIVACY_OFFICER)

        register(NavItem("privacy-log", _("Access log"), "privacy:log", "g l", officer))
        register(NavItem("privacy-glass", _("Broken glass"), "privacy:glass", "g e", officer))
        register(NavItem("privacy-patterns", _("What stands out"), "privacy:patterns", "g o", officer))
