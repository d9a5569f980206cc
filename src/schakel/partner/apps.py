from django.apps import AppConfig

from schakel.domain.reasons import gettext_noop as _


class PartnerConfig(AppConfig):
    name = "schakel.partner"
    label = "partner"

    def ready(self) -> None:
        from schakel.partner.lists import LISTS, PARTNER
        from schakel.screens import navigation
        from schakel.screens.lists import register

        for live in LISTS:
            register(live)
        navigation.register(
            navigation.NavItem("partner", _("Asked of us"), "partner:home", "g p", lambda viewer: viewer.has(*PARTNER))
        )
        navigation.register(
            navigation.NavItem("ask", _("Ask the centre"), "partner:ask", "g v", lambda viewer: viewer.has(*PARTNER))
        )
