"""Logging in, the start of each role, another person at the desk, and the administration."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse

import world
from schakel.accounts import access_log
from schakel.accounts.models import AccessEntry, Certificate, Deed, Membership, Organisation, Person
from schakel.accounts.views import starts_of
from schakel.domain.vocabulary import Competence, Role

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def no_attempts():
    """The counts of wrong attempts outlive a test: each begins without any."""
    cache.clear()


@pytest.fixture
def at_desk(client, centre):
    """The triagist at a desk of the centre, in English; the colleagues have passwords."""
    for viewer in (centre.dispatcher, centre.regiearts):
        centre.account(viewer)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(centre.account(centre.triagist), backend=BACKEND)
    return client


@pytest.fixture
def administrator(client, centre):
    """The administrator of the region, in the administration."""
    viewer = centre.person(Role.ADMINISTRATOR)
    Person.objects.filter(pk=viewer.person).update(is_staff=True)
    client.force_login(centre.account(viewer), backend=BACKEND)
    client.viewer = viewer
    return client


def name_of(viewer):
    """The user name of somebody."""
    return Person.objects.get(pk=viewer.person).username


def logged_in(client):
    """The key of who is logged in, None for nobody."""
    key = client.session.get("_auth_user_id")
    return int(key) if key else None


# ------------------------------------------------------------------ the start


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.TRIAGIST, "desk:queue"),
        (Role.REGIEARTS, "desk:queue"),
        (Role.DISPATCHER, "desk:dispatch"),
        (Role.COORDINATOR, "desk:follow_ups"),
        (Role.CENTRE_LEAD, "desk:follow_ups"),
        (Role.CREW, "field:jobs"),
        (Role.PARTNER, "partner:home"),
        (Role.PARTNER_COORDINATOR, "partner:home"),
        (Role.PRIVACY_OFFICER, "privacy:log"),
    ],
)
def test_everybody_begins_at_the_screen_of_their_role(client, centre, role, name):
    from schakel.accounts.views import _address

    wanted = _address(name) or _address("board:home")
    client.force_login(centre.account(centre.person(role)), backend=BACKEND)
    response = client.get(reverse("home"))
    assert (response.status_code, response.get("Location")) == (302, wanted)


def test_who_has_several_screens_chooses(client, centre):
    client.force_login(centre.account(centre.person(Role.DISPATCHER, Role.PRIVACY_OFFICER)), backend=BACKEND)
    response = client.get(reverse("home"))
    assert response.status_code == 200
    assert [start.url for start in response.context["starts"]][-1] == reverse("privacy:log")
    assert len(response.context["starts"]) == 2


def test_two_roles_with_one_screen_are_no_choice(centre):
    assert len(starts_of(centre.person(Role.TRIAGIST, Role.REGIEARTS), staff=False)) == 1


def test_who_has_no_role_is_told_so_and_can_log_out(client, centre):
    client.force_login(centre.account(centre.person()), backend=BACKEND)
    response = client.get(reverse("home"), headers={"Accept-Language": "en"})
    assert response.status_code == 403
    assert (
        "You have no role now" in response.content.decode() and reverse("account_logout") in response.content.decode()
    )


def test_an_administrator_without_the_staff_mark_is_told_what_to_ask(client, centre):
    client.force_login(centre.account(centre.person(Role.ADMINISTRATOR)), backend=BACKEND)
    response = client.get(reverse("home"), headers={"Accept-Language": "en"})
    assert response.status_code == 403 and "There is no screen for your role" in response.content.decode()


def test_who_has_not_logged_in_goes_to_the_login(client):
    assert client.get(reverse("home"))["Location"].startswith(reverse("account_login"))


# -------------------------------------------------------------------- logging in


def test_after_the_login_one_is_back_on_the_page_that_was_asked_for(client, centre):
    person = centre.account(centre.dispatcher)
    asked = client.get("/board/?wall=1")
    response = client.post(asked["Location"], {"login": person.username, "password": world.PASSWORD})
    assert response["Location"] == "/board/?wall=1"


def test_too_many_wrong_passwords_are_refused_with_a_sentence(client, centre):
    person = centre.account(centre.dispatcher)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    for _ in range(5):
        client.post(reverse("account_login"), {"login": person.username, "password": "wrong"})
    right = client.post(reverse("account_login"), {"login": person.username, "password": world.PASSWORD})
    assert logged_in(client) is None
    assert "Too many failed login attempts" in right.content.decode()


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "password/reset/", "password/set/"])
def test_accounts_are_not_made_or_rescued_by_a_visitor(client, path):
    for method in (client.get, client.post):
        response = method(f"/account/{path}", headers={"Accept-Language": "en"})
        assert response.status_code == 404 and "administrator of the region" in response.content.decode()


def test_a_password_can_be_changed_by_whoever_has_it(client, centre):
    person = centre.account(centre.dispatcher)
    client.force_login(person, backend=BACKEND)
    new = "een heel ander wachtwoord"
    told = {"oldpassword": world.PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), told).status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)


def test_everybody_can_set_up_a_second_factor(at_desk):
    assert at_desk.get(reverse("mfa_index")).status_code == 200


# ------------------------------------------------------- another person at the desk


def test_another_person_goes_on_at_the_page_that_was_open(at_desk, centre):
    before = at_desk.session.session_key
    form = at_desk.get(reverse("switch"), {"next": "/board/?wall=1"})
    assert 'value="/board/?wall=1"' in form.content.decode()
    response = at_desk.post(
        reverse("switch"), {"login": name_of(centre.dispatcher), "password": world.PASSWORD, "next": "/board/?wall=1"}
    )
    assert response["Location"] == "/board/?wall=1"
    assert logged_in(at_desk) == centre.dispatcher.person
    assert not Session.objects.filter(session_key=before).exists(), "the session of the person before is ended"


def test_the_page_that_was_open_is_known_without_being_told(at_desk):
    response = at_desk.get(reverse("switch"), headers={"Referer": "http://testserver/desk/12/"})
    assert 'name="next" value="/desk/12/"' in response.content.decode()


@pytest.mark.parametrize("to", ["https://elders.example/", "//elders.example/", "javascript:alert(1)"])
def test_the_way_on_stays_at_this_centre(at_desk, centre, to):
    told = {"login": name_of(centre.dispatcher), "password": world.PASSWORD, "next": to}
    assert at_desk.post(reverse("switch"), told)["Location"] == reverse("home")


def test_who_goes_on_sees_the_open_page_under_their_own_rights(at_desk, centre):
    partner = centre.partner("hap")
    centre.account(partner)
    told = {"login": name_of(partner), "password": world.PASSWORD, "next": "/privacy/"}
    response = at_desk.post(reverse("switch"), told, follow=True)
    assert response.status_code == 403 and "This screen is for: Privacy officer" in response.content.decode()


def test_a_wrong_password_leaves_whoever_sits_there(at_desk, centre):
    response = at_desk.post(reverse("switch"), {"login": name_of(centre.dispatcher), "password": "wrong"})
    assert response.status_code == 422
    assert logged_in(at_desk) == centre.triagist.person


def test_the_limit_on_wrong_passwords_holds_at_the_desk_too(at_desk, centre):
    told = {"login": name_of(centre.dispatcher), "password": "wrong"}
    for _ in range(5):
        at_desk.post(reverse("switch"), told)
    response = at_desk.post(reverse("switch"), told | {"password": world.PASSWORD})
    assert logged_in(at_desk) == centre.triagist.person
    assert "Too many failed login attempts" in response.content.decode()


def test_the_second_factor_is_asked_at_the_desk_too(at_desk, centre):
    person = Person.objects.get(pk=centre.dispatcher.person)
    TOTP.activate(person, generate_totp_secret())
    told = {"login": person.username, "password": world.PASSWORD, "next": "/board/"}
    response = at_desk.post(reverse("switch"), told)
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert logged_in(at_desk) is None, "neither the one who left nor the one who is half-way"


def test_a_colleague_who_worked_here_is_one_key_away(at_desk, centre):
    at_desk.post(reverse("switch"), {"login": name_of(centre.dispatcher), "password": world.PASSWORD})
    form = at_desk.get(reverse("switch")).context["form"]
    assert list(form.colleagues) == [str(centre.triagist.person)]
    response = at_desk.post(reverse("switch"), {"person": str(centre.triagist.person), "password": world.PASSWORD})
    assert response.status_code == 302 and logged_in(at_desk) == centre.triagist.person


def test_only_colleagues_with_a_role_now_are_shown(at_desk, centre):
    at_desk.post(reverse("switch"), {"login": name_of(centre.dispatcher), "password": world.PASSWORD})
    Membership.objects.filter(person=centre.triagist.person).update(ends_at=centre.now)
    assert at_desk.get(reverse("switch")).context["form"].colleagues == {}


def test_the_workstation_keeps_keys_and_no_names_and_believes_no_forgery(at_desk, centre):
    at_desk.get(reverse("switch"))
    kept = at_desk.cookies["schakel_desk"]
    assert name_of(centre.triagist) not in kept.value and "Persoon" not in kept.value and kept["httponly"]
    at_desk.cookies["schakel_desk"] = f"[{centre.dispatcher.person}]:forged:forged"
    assert at_desk.get(reverse("switch")).context["form"].colleagues == {}


def test_a_colleague_who_was_not_here_cannot_be_chosen(at_desk, centre):
    told = {"person": str(centre.dispatcher.person), "password": world.PASSWORD}
    assert at_desk.post(reverse("switch"), told).status_code == 422
    assert logged_in(at_desk) == centre.triagist.person


def test_who_has_no_role_cannot_see_who_worked_here(client, centre):
    client.force_login(centre.account(centre.person()), backend=BACKEND)
    assert client.get(reverse("switch")).status_code == 403


#: Another process that serves, in which one name fails to log in five times.
ANOTHER = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
import django
django.setup()
from django.test import Client
for _ in range(5):
    Client(SERVER_NAME="localhost").post("/account/login/", {"login": sys.argv[2], "password": "wrong"})
"""


@pytest.mark.django_db(transaction=True)
def test_wrong_logins_are_counted_over_all_processes(client, centre):
    """A process keeps no count of its own: who tries at one is known at the other."""
    from django.db import connection

    person = centre.account(centre.triagist)
    said = {"login": person.username, "password": world.PASSWORD}
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "schakel.config.settings"}
    name = str(connection.settings_dict["NAME"])
    subprocess.run(
        [sys.executable, "-c", ANOTHER, name, person.username], env=environment, check=True, timeout=120, text=True
    )
    client.post(reverse("account_login"), said, SERVER_NAME="localhost")
    assert "_auth_user_id" not in client.session, "the sixth try of this name, though the word is right"
    cache.clear()
    client.post(reverse("account_login"), said, SERVER_NAME="localhost")
    assert "_auth_user_id" in client.session


# ----------------------------------------------------------------- the administration


def test_the_administration_is_for_administrators_with_the_staff_mark(client, centre):
    for viewer, staff, superuser in (
        (centre.lead, True, False),
        (centre.lead, True, True),
        (centre.person(Role.ADMINISTRATOR), False, False),
    ):
        person = centre.account(viewer)
        Person.objects.filter(pk=person.pk).update(is_staff=staff, is_superuser=superuser)
        client.force_login(Person.objects.get(pk=person.pk), backend=BACKEND)
        assert client.get(reverse("admin:accounts_membership_changelist")).status_code in (302, 403)


def test_nothing_can_be_deleted(administrator, centre):
    for name in ("organisation", "person", "membership", "certificate", "accessentry", "brokenglass"):
        assert administrator.get(reverse(f"admin:accounts_{name}_changelist")).status_code == 200
    membership = Membership.objects.filter(person=centre.triagist.person).get()
    for name, pk in (("membership", membership.pk), ("person", centre.triagist.person)):
        address = reverse(f"admin:accounts_{name}_delete", args=[pk])
        assert administrator.post(address, {"post": "yes"}).status_code == 403
    administrator.post(
        reverse("admin:accounts_membership_changelist"),
        {"action": "delete_selected", "_selected_action": [membership.pk], "post": "yes"},
    )
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_no_table_of_care_is_in_the_administration():
    from django.contrib import admin

    names = {model._meta.model_name for model in admin.site._registry}
    read_only = {"accessentry", "brokenglass", "journalentry", "timer"}
    assert names == {"organisation", "person", "membership", "certificate", *read_only}


@pytest.mark.parametrize("name", ["accounts_accessentry", "accounts_brokenglass", "operations_journalentry"])
def test_the_logs_can_be_looked_at_only_and_that_is_logged(administrator, centre, name):
    from schakel.operations import dossier

    dossier.read(centre.request(), centre.triagist)
    before = AccessEntry.objects.count()
    assert administrator.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert administrator.get(reverse(f"admin:{name}_add")).status_code == 403
    assert AccessEntry.objects.filter(deed=Deed.READ_LOG.value).count() >= 1 and AccessEntry.objects.count() > before


def test_giving_a_role_is_a_line_in_the_access_log(administrator, centre):
    person = centre.person()
    told = {
        "person": person.person,
        "organisation": centre.organisation.pk,
        "role": "triagist",
        "starts_at_0": "",
        "starts_at_1": "",
        "ends_at_0": "",
        "ends_at_1": "",
    }
    response = administrator.post(reverse("admin:accounts_membership_add"), told)
    assert response.status_code == 302, response.context["errors"]
    made = Membership.objects.get(person=person.person)
    assert (made.role, made.starts_at, made.ends_at) == (Role.TRIAGIST, 0, None)
    last = AccessEntry.objects.last()
    assert (last.deed, last.person_id) == (Deed.GRANT, administrator.viewer.person)
    assert f"role triagist of person {person.person}" in last.ground


def test_a_role_that_cannot_be_logged_is_not_given(administrator, centre, monkeypatch):
    person = centre.person()

    def full(*_args, **_kwargs):
        raise OSError("no room")

    monkeypatch.setattr(access_log, "digest", full)
    told = {"person": person.person, "organisation": centre.organisation.pk, "role": "triagist"}
    with pytest.raises(OSError, match="no room"):
        administrator.post(reverse("admin:accounts_membership_add"), told)
    assert not Membership.objects.filter(person=person.person).exists()


def test_a_role_is_taken_away_by_ending_it(administrator, centre):
    membership = Membership.objects.get(person=centre.triagist.person)
    administrator.post(
        reverse("admin:accounts_membership_changelist"),
        {"action": "end_now", "_selected_action": [membership.pk]},
    )
    membership.refresh_from_db()
    assert membership.ends_at is not None and membership.ends_at <= centre.now
    assert AccessEntry.objects.last().deed is Deed.GRANT


def test_an_end_is_given_as_a_date_and_a_time(administrator, centre):
    membership = Membership.objects.get(person=centre.triagist.person)
    told = {"starts_at_0": "", "starts_at_1": "", "ends_at_0": "2030-07-01", "ends_at_1": "12:00:00"}
    response = administrator.post(reverse("admin:accounts_membership_change", args=[membership.pk]), told)
    assert response.status_code == 302
    membership.refresh_from_db()
    assert membership.ends_at == 1_909_130_400_000, "noon in Amsterdam, in summer"


def test_closing_an_account_and_a_new_password_are_lines_in_the_access_log(administrator, centre):
    person = Person.objects.get(pk=centre.triagist.person)
    told = {"username": person.username, "first_name": "Test", "last_name": "Persoon", "email": ""}
    assert administrator.post(reverse("admin:accounts_person_change", args=[person.pk]), told).status_code == 302
    person.refresh_from_db()
    assert not person.is_active and AccessEntry.objects.last().ground == f"person {person.pk}: is_active"
    new = "een heel ander wachtwoord"
    address = reverse("admin:auth_user_password_change", args=[person.pk])
    administrator.post(address, {"usable_password": "true", "password1": new, "password2": new})
    assert AccessEntry.objects.last().ground == f"person {person.pk}: password"


def test_no_mark_that_goes_around_the_roles_can_be_given(administrator, centre):
    person = Person.objects.get(pk=centre.triagist.person)
    told = {"username": person.username, "first_name": "T", "last_name": "P", "is_active": "on", "is_superuser": "on"}
    administrator.post(reverse("admin:accounts_person_change", args=[person.pk]), told)
    person.refresh_from_db()
    assert not person.is_superuser


def test_a_role_that_would_end_before_it_begins_is_refused_with_a_sentence(administrator, centre):
    told = {
        "person": centre.triagist.person, "organisation": centre.organisation.pk, "role": "triagist",
        "starts_at_0": "2030-01-01", "starts_at_1": "00:00:00", "ends_at_0": "2029-01-01", "ends_at_1": "00:00:00",
    }  # fmt: skip
    response = administrator.post(reverse("admin:accounts_membership_add"), told, headers={"Accept-Language": "en"})
    assert response.status_code == 200 and "end before it begins" in response.content.decode()


def test_the_same_certificate_twice_is_refused_with_a_sentence(administrator, centre):
    Certificate.objects.create(person_id=centre.triagist.person, competence=Competence.GP)
    told = {"person": centre.triagist.person, "competence": "gp"}
    response = administrator.post(reverse("admin:accounts_certificate_add"), told, headers={"Accept-Language": "en"})
    assert response.status_code == 200 and "already" in response.content.decode()


def test_a_certificate_with_an_end_is_logged(administrator, centre):
    told = {
        "person": centre.triagist.person, "competence": "triagist", "basis": "Diploma",
        "valid_until_0": "2030-01-01", "valid_until_1": "00:00:00",
    }  # fmt: skip
    assert administrator.post(reverse("admin:accounts_certificate_add"), told).status_code == 302
    made = Certificate.objects.get(person=centre.triagist.person)
    assert made.competence is Competence.TRIAGIST and made.valid_until is not None
    assert "certificate triagist" in AccessEntry.objects.last().ground


def test_of_a_partner_only_the_telephone_is_kept_here(administrator):
    partner = Organisation.objects.filter(kind="hap").first()
    administrator.post(
        reverse("admin:accounts_organisation_change", args=[partner.pk]), {"name": "Anders", "telephone": "0301234567"}
    )
    changed = Organisation.objects.get(pk=partner.pk)
    assert (changed.name, changed.telephone) == (partner.name, "0301234567")


def test_a_lost_telephone_is_helped_and_logged(administrator, centre):
    person = Person.objects.get(pk=centre.triagist.person)
    TOTP.activate(person, generate_totp_secret())
    administrator.post(
        reverse("admin:accounts_person_changelist"),
        {"action": "take_second_factor", "_selected_action": [person.pk]},
    )
    assert not Authenticator.objects.filter(user=person).exists()
    assert AccessEntry.objects.last().ground == f"person {person.pk}: second factor taken away"
