"""The privacy officer's screens: reading the log is logged, a changed line shows, broken glass is reviewed once."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection

from schakel.accounts import access_log
from schakel.accounts.models import AccessEntry, BrokenGlass, Deed, GlassReason
from schakel.domain.durations import HOUR
from schakel.domain.vocabulary import Role
from schakel.operations import dossier
from schakel.operations.actions import dossier as writing
from schakel.operations.actions import glass
from schakel.privacy import chain, patterns

pytestmark = pytest.mark.django_db

WORDS = "Levensgevaar en de collega is onbereikbaar"


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def officer(client, centre):
    """The privacy officer, logged in, in English."""
    client.force_login(
        centre.account(centre.privacy_officer), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def broken(centre):
    """Glass that was broken by a triagist, with what was looked at through it."""
    request = centre.request()
    outsider = centre.person(Role.TRIAGIST, at=type(centre.organisation).objects.filter(kind="hap").first())
    key = glass.break_glass(request=request.pk, reason=GlassReason.DANGER, words=WORDS, at=centre.now, by=outsider)
    dossier.read(request, outsider)
    return BrokenGlass.objects.get(pk=key)


def rows(response):
    """The numbers of the lines on a page of the log."""
    return [line.number for line in response.context["lines"]]


def tamper(number: int) -> None:
    """Change a line behind the back of Schakel."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {AccessEntry._meta.db_table} SET ground = 'glass' WHERE number = %s", [number])


def test_reading_the_log_is_a_line_in_the_log(officer, centre):
    request = centre.request()
    dossier.read(request, centre.triagist)
    response = officer.get("/privacy/", {"request": request.pk})
    last = AccessEntry.objects.last()
    assert (last.deed, last.person_id, last.request) == (Deed.READ_LOG, centre.privacy_officer.person, request.pk)
    assert len(rows(response)) == 2


def test_when_the_line_cannot_be_written_nothing_is_shown(officer, centre, monkeypatch):
    dossier.read(centre.request(), centre.triagist)

    def full(*_args, **_kwargs):
        raise OSError("no room")

    monkeypatch.setattr(access_log, "digest", full)
    for address in ("/privacy/", "/privacy/glass/", "/privacy/patterns/", "/privacy/request/1/log.csv"):
        with pytest.raises(OSError, match="no room"):
            officer.get(address)


def test_each_line_says_who_did_what_with_which_data_and_on_what_ground(officer, centre):
    request = centre.request()
    dossier.read(request, centre.triagist)
    body = officer.get("/privacy/").content.decode()
    for said in ("Test Persoon", "Triagist", "ZCC Midden-Nederland", "read", "owns the request", "Name, date of birth"):
        assert said in body


def test_the_filters_narrow_the_log(officer, centre, broken):
    dossier.read(centre.request(), centre.triagist)
    assert {line.person_id for line in officer.get("/privacy/", {"person": broken.person_id}).context["lines"]} == {
        broken.person_id
    }
    emergencies = officer.get("/privacy/", {"emergency": "on"}).context["lines"]
    assert [line.deed for line in emergencies] == [Deed.READ, Deed.BREAK_GLASS]
    assert rows(officer.get("/privacy/", {"until": "2020-01-01T00:00"})) == []
    assert rows(officer.get("/privacy/", {"since": "2020-01-01T00:00", "request": broken.request}))


@pytest.mark.parametrize(
    "wrong",
    [{"request": "x"}, {"request": "-1"}, {"request": "9" * 40}, {"person": "99999"}, {"since": "gisteren"},
     {"since": "2026-02-01T00:00", "until": "2026-01-01T00:00"}, {"before": "0"}],
)  # fmt: skip
def test_a_wrong_filter_is_a_sentence_and_shows_nothing(officer, centre, wrong):
    before = AccessEntry.objects.count()
    response = officer.get("/privacy/", wrong)
    assert response.status_code == 400
    assert "lines" not in response.context and AccessEntry.objects.count() == before


def test_a_line_that_comes_in_between_moves_no_line_to_another_page(officer, centre, monkeypatch):
    monkeypatch.setattr("schakel.privacy.views.PAGE", 3)
    request = centre.request()
    for _ in range(7):
        dossier.read(request, centre.triagist)
    first = officer.get("/privacy/")
    second = officer.get("/privacy/" + first.context["older"])
    assert rows(first) == [8, 7, 6]
    assert rows(second) == [5, 4, 3]


def test_the_chain_is_said_to_be_unbroken_until_a_line_is_changed(officer, centre):
    request = centre.request()
    for _ in range(3):
        dossier.read(request, centre.triagist)
    assert "Unbroken up to line 4" in officer.get("/privacy/").content.decode()
    tamper(2)
    body = officer.get("/privacy/").content.decode()
    assert "The chain of the log does not hold" in body and "Line 2" in body


def test_a_line_that_was_taken_away_breaks_the_chain(officer, centre):
    request = centre.request()
    for _ in range(3):
        dossier.read(request, centre.triagist)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {AccessEntry._meta.db_table} WHERE number = 2")
    assert [found.number for found in chain.look().breaks] == [2, 3]


def test_of_a_long_log_the_page_looks_at_the_end_and_says_so(centre):
    request = centre.request()
    for _ in range(6):
        dossier.read(request, centre.triagist)
    found = chain.look(most=3)
    assert (found.first, found.last, found.whole, found.breaks) == (4, 6, False, ())
    cache.clear()
    tamper(5)
    assert [broken.number for broken in chain.look(most=3).breaks] == [5]


def test_the_reason_in_words_is_for_the_privacy_officer_alone(officer, client, centre, broken):
    assert WORDS in officer.get("/privacy/glass/").content.decode()
    assert WORDS in officer.get(f"/privacy/glass/{broken.pk}/").content.decode()
    for viewer in (centre.lead, centre.regiearts, centre.person(Role.ADMINISTRATOR)):
        officer.force_login(centre.account(viewer), backend="allauth.account.auth_backends.AuthenticationBackend")
        for address in ("/privacy/", "/privacy/glass/", f"/privacy/glass/{broken.pk}/", "/privacy/patterns/"):
            response = officer.get(address)
            assert response.status_code == 403 and WORDS not in response.content.decode()


def test_a_review_needs_a_verdict_in_words_and_is_done_once(officer, centre, broken):
    address = f"/privacy/glass/{broken.pk}/"
    assert officer.post(address, {"justified": "yes", "verdict": "ja"}).status_code == 422
    assert officer.post(address, {"justified": "maybe", "verdict": WORDS}).status_code == 422
    assert officer.post(address, {"justified": "no", "verdict": WORDS}).status_code == 302
    broken.refresh_from_db()
    assert (broken.justified, broken.verdict, broken.reviewed_by_id) == (False, WORDS, centre.privacy_officer.person)
    again = officer.post(address, {"justified": "yes", "verdict": WORDS})
    assert again.status_code == 409 and "reviewed already" in again.content.decode()
    broken.refresh_from_db()
    assert broken.justified is False


def test_a_double_click_reviews_once_and_is_no_refusal(officer, broken):
    address = f"/privacy/glass/{broken.pk}/"
    said = {"justified": "yes", "verdict": WORDS, "key": "the-same"}
    assert [officer.post(address, said).status_code for _ in range(2)] == [302, 302]


def test_nobody_reviews_their_own_glass(client, centre):
    both = centre.person(Role.TRIAGIST, Role.PRIVACY_OFFICER)
    request = centre.request()
    key = glass.break_glass(request=request.pk, reason=GlassReason.DANGER, words=WORDS, at=centre.now, by=both)
    client.force_login(centre.account(both), backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = client.get(f"/privacy/glass/{key}/", headers={"Accept-Language": "en"}).content.decode()
    assert "You cannot review your own" in shown and 'name="verdict"' not in shown
    response = client.post(f"/privacy/glass/{key}/", {"justified": "yes", "verdict": WORDS})
    assert response.status_code == 409
    assert BrokenGlass.objects.get(pk=key).reviewed_at is None


def test_glass_that_is_not_there_is_not_found(officer):
    assert officer.get("/privacy/glass/999/").status_code == 404
    assert officer.get(f"/privacy/glass/{2**62}/").status_code == 404
    assert officer.get(f"/privacy/request/{2**70}/log.csv").status_code == 404


def test_a_copy_of_the_log_of_one_request_is_logged_as_a_print(officer, centre, broken):
    response = officer.get(f"/privacy/request/{broken.request}/log.csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 3
    assert "Danger to life" in lines[1] and WORDS not in response.content.decode()
    last = AccessEntry.objects.last()
    assert (last.deed, last.request) == (Deed.PRINT, broken.request)


def test_a_name_is_no_formula_in_the_copy(officer, centre):
    person = centre.account(centre.triagist)
    person.first_name = "=HYPERLINK(1)"
    person.save()
    request = centre.request()
    dossier.read(request, centre.triagist)
    body = officer.get(f"/privacy/request/{request.pk}/log.csv").content.decode()
    assert ";'=HYPERLINK(1)" in body


def test_what_stands_out_is_plain_counts(officer, centre, broken):
    requests = [centre.request() for _ in range(3)]
    for request in requests:
        dossier.read(request, centre.triagist)
    [busiest, *_others] = patterns.busiest_hours(centre.now)
    assert (busiest.person.pk, busiest.requests, busiest.at % HOUR) == (centre.triagist.person, 3, 0)
    [share] = patterns.outside_by_person(centre.now)
    assert (share.who.pk, share.emergencies, share.percent) == (broken.person_id, 1, 100)
    [organisation] = patterns.outside_by_organisation(centre.now)
    assert organisation.who.kind.value == "hap"
    assert officer.get("/privacy/patterns/").status_code == 200


def test_the_log_holds_nothing_of_the_dossier(officer, centre):
    request = centre.request()
    writing.write(request=request.pk, field="name", value="Wilhelmina", at=centre.now, by=centre.triagist)
    dossier.read(request, centre.triagist)
    for address in ("/privacy/", f"/privacy/request/{request.pk}/log.csv", "/privacy/patterns/"):
        assert "Wilhelmina" not in officer.get(address).content.decode()
