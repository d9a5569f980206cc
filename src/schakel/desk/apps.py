"""The desk of the centre: its lists are live, its screens stand in the navigation."""

from django.apps import AppConfig

from schakel.domain.reasons import gettext_noop as _


class DeskConfig(AppConfig):
    """Triage, dispatch and follow-up at one desk."""

    name = "schakel.desk"
    label = "desk"

    def ready(self) -> None:
        """Make the lists and the screens of this door known."""
        from schakel.desk import dispatch, follow_ups, queue
        from schakel.desk.verbs import CENTRE
        from schakel.screens import lists, navigation

        for live in (*queue.LISTS, *dispatch.LISTS, *follow_ups.LISTS):
            lists.register(live)

        def at_centre(viewer: object) -> bool:
            return viewer.has(*CENTRE)  # type: ignore[attr-defined]

        for name, label, url_name, key in (
            ("queue", _("Who waits?"), "desk:queue", "g q"),
            ("dispatch", _("Who can go?"), "desk:dispatch", "g d"),
            ("follow_ups", _("What has no taker?"), "desk:follow_ups", "g t"),
            ("handover", _("Hand over the shift"), "desk:handover", "g s"),
        ):
            navigation.register(navigation.NavItem(name, label, url_name, key, at_centre))
        navigation.register_goto("desk:goto")
