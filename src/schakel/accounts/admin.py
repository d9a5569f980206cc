"""Administration of people, roles and partners: reference data only, never a table of care.

Only who has the role of administrator (and the staff mark that opens the administration) gets in. Nothing is
deleted: a role ends, an account is closed. Every change of rights is a line in the access log, in the same
transaction as the change.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schakel.accounts import access_log
from schakel.accounts.fields import TermField
from schakel.accounts.models import AccessEntry, BrokenGlass, Certificate, Deed, Membership, Organisation, Person
from schakel.accounts.now import now_ms
from schakel.domain.vocabulary import Role, Term

#: The columns of these tables that hold a moment (ms).
MOMENTS = ("at", "starts_at", "ends_at", "valid_from", "valid_until", "until", "reviewed_at", "recorded_at")

#: The beginning of time in these tables: always been so.
ALWAYS = 0


class MomentField(forms.SplitDateTimeField):
    """A moment that is stored in whole milliseconds, as a date and a time of day. Empty: no limit."""

    def __init__(self, *, empty: int | None, **kwargs: Any) -> None:
        super().__init__(widget=AdminSplitDateTime(), required=False, **kwargs)
        self.empty = empty

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return None if value == self.empty else moment(value)
        return value

    def compress(self, data_list: list) -> int | None:
        stated = super().compress(data_list)
        return self.empty if stated is None else int(stated.timestamp() * 1000)

    def clean(self, value: Any) -> int | None:
        stated = super().clean(value)
        return self.empty if stated is None else stated

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def moment(ms: int) -> datetime:
    """The wall time of a moment in Amsterdam."""
    return localtime(datetime.fromtimestamp(ms / 1000, tz=localtime().tzinfo))


class TermChoice(forms.TypedChoiceField):
    """One term of an enumeration, by its label."""

    def __init__(self, terms: type[Term], **kwargs: Any) -> None:
        choices = [("", "---------"), *((term.value, gettext(term.label)) for term in terms)]
        super().__init__(choices=choices, coerce=terms, empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.value if isinstance(value, Term) else value


class MembershipForm(forms.ModelForm):
    """A role ends after it began."""

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        begins, ends = told.get("starts_at", self.instance.starts_at), told.get("ends_at")
        if ends is not None and begins is not None and ends < begins:
            self.add_error("ends_at", gettext("The role would end before it begins. Give a later end."))
        return told


class CertificateForm(forms.ModelForm):
    """One line for each certificate and the day from which it holds."""

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        same = Certificate.objects.filter(**{name: told.get(name) for name in ("person", "competence", "valid_from")})
        if not self.errors and same.exclude(pk=self.instance.pk).exists():
            self.add_error("competence", gettext("This person has this certificate from that moment already."))
        return told


class OfAdministrator:
    """Permissions from the role that is valid now, not from a table of permissions; nothing is ever deleted."""

    viewers: tuple[Role, ...] = (Role.ADMINISTRATOR,)
    changes = True

    def _may(self, request: HttpRequest, *roles: Role) -> bool:
        return bool(request.user.is_staff and request.viewer.has(*roles))  # type: ignore[attr-defined,union-attr]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, *self.viewers)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, *self.viewers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.changes and self._may(request, Role.ADMINISTRATOR)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.changes and self._may(request, Role.ADMINISTRATOR)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in MOMENTS and isinstance(db_field, models.BigIntegerField):
            return MomentField(empty=None if db_field.null else ALWAYS, label=db_field.verbose_name.capitalize())
        if isinstance(db_field, TermField) and db_field.terms is not None:
            return TermChoice(db_field.terms, required=not db_field.null, label=db_field.verbose_name.capitalize())
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class ReadOnly(OfAdministrator):
    """To look at, never to change."""

    changes = False


class Granting(OfAdministrator):
    """Saving this changes what somebody may: a line in the access log, or no change."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)  # type: ignore[misc]
            changed = form.changed_data if change else ["new"]
            if changed:
                _granted(request, self.ground(obj, changed))

    def ground(self, obj: Any, changed: list[str]) -> str:
        """What changed, in codes and keys: no name and nothing that was typed."""
        return f"{obj._meta.model_name} {obj.pk}: {' '.join(changed)}"


def _granted(request: HttpRequest, ground: str) -> None:
    access_log.add(Deed.GRANT, viewer=request.viewer, at=now_ms(), ground=ground)  # type: ignore[attr-defined]


@admin.register(Organisation)
class OrganisationAdmin(OfAdministrator, admin.ModelAdmin):
    """The partners come from the region file; so does the telephone of the duty desk, unless the file leaves it out."""

    list_display = ("name", "kind_word", "telephone")
    search_fields = ("name", "code")
    fields = ("code", "name", "kind_word", "telephone")
    readonly_fields = ("code", "name", "kind_word")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("Kind"))
    def kind_word(self, row: Organisation) -> str:
        return gettext(row.kind.label)


class PersonForm(UserChangeForm):
    """An account, without the marks that go around the roles."""

    class Meta:
        model = Person
        fields = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "password")


@admin.register(Person)
class PersonAdmin(Granting, UserAdmin):
    """Accounts. Closing one (not active) ends its sessions at once; what the person did stays."""

    form = PersonForm
    add_form = AdminUserCreationForm
    list_display = ("username", "last_name", "first_name", "is_active", "is_staff", "simulated")
    list_filter = ("is_active", "is_staff", "simulated")
    search_fields = ("username", "first_name", "last_name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "last_name", "email")}),
        (_("May come in"), {"fields": ("is_active", "is_staff")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "first_name", "last_name", "password1", "password2")}),)
    actions = ("take_second_factor",)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == 302:
                _granted(request, f"person {int(id)}: password")
        return response

    @admin.action(description=_("Take away the second factor (a lost telephone)"), permissions=["change"])
    def take_second_factor(self, request: HttpRequest, people: models.QuerySet) -> None:
        with transaction.atomic():
            for person in people:
                if Authenticator.objects.filter(user=person).delete()[0]:
                    _granted(request, f"person {person.pk}: second factor taken away")
        self.message_user(request, gettext("The second factor was taken away."), messages.SUCCESS)


@admin.register(Membership)
class MembershipAdmin(Granting, admin.ModelAdmin):
    """Roles. Taking one away is giving it an end; it is never deleted."""

    form = MembershipForm
    list_display = ("person", "role_word", "organisation", "begins", "ends")
    list_filter = ("organisation",)
    list_select_related = ("person", "organisation")
    search_fields = ("person__username", "person__last_name")
    autocomplete_fields = ("person", "organisation")
    fields = ("person", "organisation", "role", "starts_at", "ends_at")
    actions = ("end_now",)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        """Who, where and as what is settled once; another role is another line."""
        return ("person", "organisation", "role_word") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("person", "organisation", "role_word" if obj else "role", "starts_at", "ends_at")

    def ground(self, obj: Membership, changed: list[str]) -> str:
        until = "open" if obj.ends_at is None else str(obj.ends_at)
        return f"role {obj.role} of person {obj.person_id} for {obj.organisation_id}: {obj.starts_at} to {until}"

    @admin.display(description=_("Role"))
    def role_word(self, row: Membership) -> str:
        return gettext(row.role.label)

    @admin.display(description=_("From"), ordering="starts_at")
    def begins(self, row: Membership) -> datetime | str:
        return moment(row.starts_at) if row.starts_at else gettext("always")

    @admin.display(description=_("Until"), ordering="ends_at")
    def ends(self, row: Membership) -> datetime | str:
        return gettext("further notice") if row.ends_at is None else moment(row.ends_at)

    @admin.action(description=_("End these roles now"), permissions=["change"])
    def end_now(self, request: HttpRequest, rows: models.QuerySet) -> None:
        now = now_ms()
        with transaction.atomic():
            ended = 0
            for row in rows.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=now)).select_for_update():
                row.ends_at = max(now, row.starts_at)
                row.save(update_fields=["ends_at"])
                _granted(request, self.ground(row, ["ends_at"]))
                ended += 1
        self.message_user(request, gettext("{count} roles were ended.").format(count=ended), messages.SUCCESS)


@admin.register(Certificate)
class CertificateAdmin(Granting, admin.ModelAdmin):
    """What somebody is certified for, and until when: after that, the person is not offered for that care."""

    form = CertificateForm
    list_display = ("person", "competence_word", "ends")
    list_select_related = ("person",)
    search_fields = ("person__username", "person__last_name")
    autocomplete_fields = ("person",)
    fields = ("person", "competence", "valid_from", "valid_until", "basis")

    def ground(self, obj: Certificate, changed: list[str]) -> str:
        until = "open" if obj.valid_until is None else str(obj.valid_until)
        return f"certificate {obj.competence} of person {obj.person_id}: {obj.valid_from} to {until}"

    @admin.display(description=_("Competence"))
    def competence_word(self, row: Certificate) -> str:
        return gettext(row.competence.label)

    @admin.display(description=_("Until"), ordering="valid_until")
    def ends(self, row: Certificate) -> datetime | str:
        return gettext("no end") if row.valid_until is None else moment(row.valid_until)


class LoggedReading(ReadOnly):
    """Reading this is itself a line in the access log."""

    viewers = (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        with transaction.atomic():
            self._read(request)
            return super().changelist_view(request, extra_context)  # type: ignore[misc]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            self._read(request)
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]

    def _read(self, request: HttpRequest) -> None:
        if self.has_view_permission(request):
            name = self.model._meta.model_name  # type: ignore[attr-defined]
            access_log.add(Deed.READ_LOG, viewer=request.viewer, at=now_ms(), ground=f"administration: {name}")  # type: ignore[attr-defined]


@admin.register(AccessEntry)
class AccessEntryAdmin(LoggedReading, admin.ModelAdmin):
    """The access log. The screen of the privacy officer filters it better."""

    list_display = ("number", "when", "person", "organisation", "role", "deed", "request", "emergency")
    list_select_related = ("person", "organisation")
    list_filter = ("emergency",)
    ordering = ("-number",)
    show_full_result_count = False

    @admin.display(description=_("At"), ordering="at")
    def when(self, row: AccessEntry) -> datetime:
        return moment(row.at)


@admin.register(BrokenGlass)
class BrokenGlassAdmin(LoggedReading, admin.ModelAdmin):
    """Emergencies. The reason in words and the verdict are for the privacy officer's own screen alone."""

    list_display = ("when", "person", "request", "reason", "reviewed_by", "justified")
    list_select_related = ("person", "reviewed_by")
    fields = ("when", "person", "request", "reason", "reviewed_by", "justified")
    readonly_fields = ("when",)
    ordering = ("-at",)

    @admin.display(description=_("At"), ordering="at")
    def when(self, row: BrokenGlass) -> datetime:
        return moment(row.at)


def only_ours(site: admin.AdminSite) -> None:
    """Take away what other packages put in the administration: groups, mail addresses, keys of second factors."""
    for model in list(site._registry):
        if not model.__module__.startswith("schakel."):
            site.unregister(model)


only_ours(admin.site)
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Schakel"
admin.site.index_title = _("People, roles and partners")
admin.site.site_url = "/"
