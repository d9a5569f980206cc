from django.apps import AppConfig

from schakel.domain.reasons import gettext_noop as _


class BoardConfig(AppConfig):
    """The board: how the region stands, on a map and in lists."""

    name = "schakel.board"
    label = "board"

    def ready(self) -> None:
        from schakel.board import lists
        from schakel.screens import navigation

        lists.register_all()
        navigation.register(
            navigation.NavItem("board", _("Region"), "board:home", "g b", lambda viewer: viewer.has(*lists.WATCHERS))
        )
