from django.apps import AppConfig

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Role


class FieldConfig(AppConfig):
    name = "schakel.field"
    label = "field"

    def ready(self) -> None:
        from schakel.field.lists import JOBS
        from schakel.screens import navigation
        from schakel.screens.lists import register

        register(JOBS)
        navigation.register(
            navigation.NavItem("field", _("In the field"), "field:jobs", "g f", lambda viewer: viewer.has(Role.CREW))
        )
