"""The tide: the screen before plus what the stream brings is the screen after, and nobody is brought another's."""

from __future__ import annotations

import asyncio
import json
from random import Random

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from doings import Busy, standing
from examples import examples, undone
from schakel.accounts.models import Membership, Organisation, Person, viewer_of
from schakel.domain.access import Category, Viewer, sees
from schakel.domain.vocabulary import CancelReason, Care, CloseReason, Role
from schakel.operations import clock, journal
from schakel.operations.actions import care_request, deployment
from schakel.operations.models import CareRequest, Deployment, JournalEntry
from schakel.operations.visibility import ties_of
from schakel.screens import tide as tides
from schakel.screens.lists import LISTS, LiveList, fetch, register, snapshot, wall
from schakel.screens.tide import Tide, Watcher

pytestmark = pytest.mark.django_db


class _AtOnce:
    """An event loop that does what it is asked at once."""

    def call_soon_threadsafe(self, function, *arguments):
        function(*arguments)


class Page:
    """A page in a browser, doing what static/screens/live.js does with what it gets."""

    def __init__(self, viewer: Viewer, names: tuple[str, ...]) -> None:
        self.viewer, self.names = viewer, names
        session = SessionStore()
        session.save()
        self.session = session.session_key
        self.watcher: Watcher | None = None
        self.connected = self.ended = False
        self.resyncs = 0
        self.knew: set[int] = set()  # the requests of which it was told, or could have been
        self.got: list[tuple[str, dict]] = []
        self._take()

    def _take(self) -> None:
        """Fetch the page whole. The roles are those of this moment, as at every request."""
        self.viewer = viewer_of(Person.objects.get(pk=self.viewer.person), clock.now_ms())
        taken = screen(self.viewer, self.names)
        self.seq, self.rows = taken

    def connect(self, tide: Tide) -> None:
        self.watcher = Watcher(
            person=self.viewer.person,
            session=self.session,
            lists=self.names,
            language="nl",
            loop=_AtOnce(),
            queue=asyncio.Queue(),
            seq=self.seq,
        )
        tide._newcomers.append(self.watcher)

    def read(self) -> None:
        """Take everything that the stream has brought."""
        while self.watcher is not None and not self.watcher.queue.empty():
            message = self.watcher.queue.get_nowait()
            if message is None:
                self.ended, self.watcher = True, None
                return
            kind = message.split("event: ")[1].split("\n")[0]
            body = json.loads(message.split("data: ", 1)[1])
            self.got.append((kind, body))
            if kind == "hello":
                if self.connected or body["seq"] > self.seq:
                    self._resync()
                self.connected = True
            elif kind == "tide":
                self._apply(body)

    def _apply(self, body: dict) -> None:
        if body["seq"] <= self.seq:
            return
        if body["previous"] > self.seq:
            self._resync()
            return
        self.seq = body["seq"]
        for row in body["rows"]:
            if row["html"] is None:
                self.rows.pop((row["list"], row["id"]), None)
            else:
                self.rows[row["list"], row["id"]] = (row["sort"], row["html"])

    def _resync(self) -> None:
        self.resyncs += 1
        self._take()


def screen(viewer: Viewer, names: tuple[str, ...]) -> tuple[int, dict]:
    """What a page shows that is made now: the same whether rows were kept from earlier pages or all fetched anew."""
    with translation.override("nl"):
        taken = snapshot(viewer, names)
        wall.forget()
        assert snapshot(viewer, names).lists == taken.lists
    rows = {(one.list, one.id): (one.sort, one.html) for shown in taken.lists.values() for one in shown}
    return taken.seq, rows


def flow(tide: Tide, pages: list[Page]) -> None:
    """What the thread of the tide does at each breath, until nothing is left to do."""
    for _ in range(3):
        tide._welcome()
        tide._flow()
        for page in pages:
            page.read()


def at_sea() -> Tide:
    """A tide that begins now, without its thread."""
    tide = Tide()
    tide._seq = journal.head()
    return tide


@pytest.fixture
def busy(db):
    with standing():
        yield Busy()


@pytest.fixture
def proof():
    """A list of the open requests, seen by whoever sees their logistics, and of the calls that are one's own."""
    names = []
    for name, mine in (("proof", False), ("proof-mine", True)):
        names.append(name)
        register(
            LiveList(
                name=name,
                template="proof/row.html",
                rows=lambda keys, now: list(
                    CareRequest.objects.living() if keys is None else CareRequest.objects.living().filter(pk__in=keys)
                ),
                shows=lambda viewer, row, ties, now, mine=mine: (
                    sees(viewer, ties, Category.LOGISTICS, now) and (not mine or row.handler_id == viewer.person)
                ),
                sort=lambda row: str(row.received_at),
                keys=lambda event: [getattr(event, "request", None)],
                prefix=name,
                request_of=lambda row: row,
            )
        )
    yield tuple(names)
    for name in names:
        del LISTS[name]


@pytest.fixture(autouse=True)
def a_template(settings, tmp_path):
    (tmp_path / "proof").mkdir()
    (tmp_path / "proof" / "row.html").write_text(
        '<tr id="{{ id }}" data-sort="{{ sort }}"><td>{{ row.status }} {{ row.urgency }} {{ row.zone }}</td></tr>'
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


# ---------------------------------------------------------------- generated runs


def _follows(busy: Busy, names: tuple[str, ...], run: list[int], *, dense: bool) -> None:
    tide = at_sea()
    viewers = [busy.triagist, busy.second, busy.dispatcher, busy.coordinator, busy.lead, busy.vvt, busy.hap]
    viewers += [*busy.crews, busy.nobody]
    pages = [Page(viewer, names) for viewer in viewers]
    waiting = list(pages)
    for seed in run:
        busy.step(seed, passing=False)
        choose = Random(seed)
        if waiting and choose.random() < 0.6:
            waiting.pop(choose.randrange(len(waiting))).connect(tide)
        if dense and choose.random() < 0.3:
            late = Page(choose.choice(viewers), names)  # made in the middle of a breath
            pages.append(late)
            waiting.append(late)
        if choose.random() < 0.4:
            flow(tide, pages)
            _brought_only_what_may_be_seen(pages)
    for page in waiting:
        page.connect(tide)
    flow(tide, pages)
    _brought_only_what_may_be_seen(pages)
    for page in pages:
        if page.viewer.seats:
            seq, rows = screen(page.viewer, names)
            assert page.rows == rows, f"the screen of {sorted(seat.role.value for seat in page.viewer.seats)}"
            assert page.seq == seq
            assert not page.resyncs, "nothing was missed, so nothing had to be fetched again"
        else:
            assert page.ended and not page.rows and [kind for kind, _ in page.got] == ["revoked"]


def _brought_only_what_may_be_seen(pages: list[Page]) -> None:
    """Asked of the rule itself, for every row and every name that was just brought.

    What was seen until now is named once more, without a row, when the right to it has ended: its page shuts.
    """
    for page in pages:
        bodies = [body for kind, body in page.got if kind == "tide"]
        page.got = [one for one in page.got if one[0] != "tide"]
        now = clock.now_ms()
        seen = set(CareRequest.objects.visible_to(page.viewer, Category.LOGISTICS, now).values_list("pk", flat=True))
        named = {int(name.rsplit("-", 1)[1]) for body in bodies for name in body["touched"] if "request-" in name}
        assert named <= seen | page.knew, f"requests {named - seen - page.knew} were named to {page.viewer}"
        drawn = {(row["list"], row["id"]) for body in bodies for row in body["rows"] if row["html"] is not None}
        requests = {}
        for name, id in drawn:
            live, key = LISTS[name], int(id.rsplit("-", 1)[1])
            row = fetch([name], {name: {key}})[name].rows.get(key)
            if row is not None and (request := live.request_of(row)) is not None:
                requests[request.pk] = request
        for key, ties in ties_of(requests.values(), now).items():
            may = sees(page.viewer, ties, Category.LOGISTICS, now)
            assert may or _rang_for(page.viewer, key), f"request {key} was brought to {page.viewer}"
        page.knew = (page.knew - named) | (seen if page.connected else set())


def _rang_for(viewer: Viewer, request: int) -> bool:
    """Who asked something on the professional line sees its number and how far it is, without a part in it."""
    asked = JournalEntry.objects.filter(kind="Rang", request=request, organisation__in=viewer.organisations(*Role))
    return asked.exists()


@examples(20)
@given(run=st.lists(st.integers(0, 2**32 - 1), min_size=10, max_size=40))
def test_the_screen_before_and_the_stream_are_the_screen_after(busy, proof, run):
    with undone(), standing():
        _follows(busy, proof, run, dense=True)


@examples(4)
@given(run=st.lists(st.integers(0, 2**32 - 1), min_size=15, max_size=30))
def test_every_list_of_every_door_follows_the_tide(busy, run):
    with undone(), standing():
        _follows(busy, tuple(sorted(LISTS)), run, dense=False)


def test_a_whole_day_on_every_list_follows_the_tide(busy):
    with undone(), standing():
        _follows(busy, tuple(sorted(LISTS)), list(range(160)), dense=False)


# ---------------------------------------------------------------- one by one


def _watching(busy: Busy, viewer: Viewer, names: tuple[str, ...], tide: Tide) -> Page:
    page = Page(viewer, names)
    page.connect(tide)
    flow(tide, [page])
    return page


def test_what_left_between_the_page_and_its_stream_leaves_the_page(busy, proof):
    request = busy.request()
    tide = at_sea()
    page = Page(busy.triagist, proof)
    assert len(page.rows) == 2
    care_request.close(request=request.pk, reason=CloseReason.ADVICE_GIVEN, at=busy.now, by=busy.triagist)
    page.connect(tide)
    flow(tide, [page])
    assert page.rows == {}


def test_a_page_made_between_two_events_of_one_breath_loses_what_left(busy, proof):
    tide = at_sea()
    page = Page(busy.triagist, proof)
    page.connect(tide)
    flow(tide, [page])
    request = busy.request()
    page._take()  # fetched again for whatever reason, just now
    assert page.rows
    care_request.close(request=request.pk, reason=CloseReason.ADVICE_GIVEN, at=busy.now, by=busy.triagist)
    flow(tide, [page])
    assert page.rows == {}


def test_a_call_of_a_colleague_with_the_same_roles_is_not_taken_for_ones_own(busy, proof):
    tide = at_sea()
    pages = [_watching(busy, viewer, proof, tide) for viewer in (busy.triagist, busy.second)]
    request = busy.request()
    flow(tide, pages)
    assert [("proof-mine", f"proof-mine-{request.pk}") in page.rows for page in pages] == [True, False]


def test_who_loses_its_only_role_gets_nothing_more_but_the_end(busy, proof):
    tide = at_sea()
    page = _watching(busy, busy.triagist, proof, tide)
    Membership.objects.filter(person=busy.triagist.person).update(ends_at=busy.now)
    care_request.ring(channel=next(iter(care_request.Channel)), at=busy.now, by=None)
    flow(tide, [page])
    assert page.ended and [kind for kind, _ in page.got] == ["hello", "revoked"]
    assert page.got[-1][1]["sentence"].endswith(".")
    assert page.rows == {}


def test_who_loses_one_of_its_roles_has_its_page_fetched_anew(busy, proof):
    both = busy.person(Role.TRIAGIST)
    vvt = Organisation.objects.filter(kind="vvt").first()
    Membership.objects.create(person_id=both.person, organisation=vvt, role=Role.PARTNER)
    busy.request()
    tide = at_sea()
    page = _watching(busy, viewer_of(Person.objects.get(pk=both.person), busy.now), proof, tide)
    assert page.rows
    Membership.objects.filter(person=both.person, role=Role.TRIAGIST.value).update(ends_at=busy.now)
    tide._beat()
    flow(tide, [page])
    assert page.rows == {} and page.resyncs == 1 and not page.ended


def test_logging_out_ends_the_stream(busy, proof):
    tide = at_sea()
    page = _watching(busy, busy.triagist, proof, tide)
    SessionStore(page.session).delete()
    tide._beat()
    page.read()
    assert page.ended and page.got[-1][0] == "revoked"
    assert not tide._watchers


def test_who_is_no_longer_active_gets_nothing_more(busy, proof):
    tide = at_sea()
    page = _watching(busy, busy.triagist, proof, tide)
    Person.objects.filter(pk=busy.triagist.person).update(is_active=False)
    busy.request()
    flow(tide, [page])
    assert page.ended and "tide" not in [kind for kind, _ in page.got]


def test_a_row_leaves_the_page_when_the_relation_ends(busy, proof):
    request = busy.request()
    hap = Organisation.objects.get(pk=next(iter(busy.hap.seats)).organisation)
    tide = at_sea()
    page = _watching(busy, busy.hap, proof, tide)
    assert page.rows == {}
    care_request.offer_ownership(request=request.pk, to=hap.pk, at=busy.now, by=busy.triagist)
    flow(tide, [page])
    assert ("proof", f"proof-{request.pk}") in page.rows
    care_request.decline_ownership(
        request=request.pk, reason=next(iter(care_request.DeclineReason)), at=busy.now, by=busy.hap
    )
    flow(tide, [page])
    assert page.rows == {}


def test_a_crew_loses_sight_of_an_offer_that_was_taken_back(busy, proof):
    request = busy.request()
    tide = at_sea()
    crew = busy.crews[0]
    page = _watching(busy, crew, proof, tide)
    deployment.offer(request=request.pk, care=Care.ALS, unit=busy.units[0], at=busy.now, by=busy.dispatcher)
    flow(tide, [page])
    assert ("proof", f"proof-{request.pk}") in page.rows
    job = Deployment.objects.get(request=request).pk
    deployment.withdraw(deployment=job, reason=CancelReason.OTHER_PROVIDER, at=busy.now, by=busy.dispatcher)
    flow(tide, [page])
    assert page.rows == {}


def test_a_page_of_an_older_seq_catches_up_without_fetching_itself_again(busy, proof):
    page = Page(busy.triagist, proof)
    for _ in range(5):
        busy.request()
    tide = at_sea()
    page.connect(tide)
    flow(tide, [page])
    assert page.got[0] == ("hello", {**page.got[0][1], "seq": 0 + page.got[1][1]["previous"]})
    assert page.resyncs == 0 and page.rows == screen(busy.triagist, proof)[1]


def test_a_page_that_is_too_far_behind_is_told_to_fetch_itself_again(busy, proof):
    page = Page(busy.triagist, proof)
    for _ in range(170):
        busy.request()  # three events each
    tide = at_sea()
    page.connect(tide)
    flow(tide, [page])
    assert page.resyncs == 1 and page.rows == screen(busy.triagist, proof)[1]


def test_a_page_that_is_ahead_of_the_tide_misses_nothing(busy, proof):
    tide = at_sea()
    busy.request()
    page = Page(busy.triagist, proof)
    page.connect(tide)
    tide._welcome()
    page.read()
    busy.request()
    flow(tide, [page])
    assert page.rows == screen(busy.triagist, proof)[1] and page.resyncs == 0


def test_a_stream_that_does_not_take_its_messages_is_ended(busy, proof):
    tide = at_sea()
    page = _watching(busy, busy.triagist, proof, tide)
    for _ in range(tides.LONGEST_QUEUE + 1):
        tide._beat()
    page.read()
    assert page.ended


def test_a_row_is_drawn_once_for_all_who_see_it(busy, proof, django_assert_max_num_queries):
    tide = at_sea()
    pages = [_watching(busy, busy.person(Role.TRIAGIST), proof, tide) for _ in range(30)]
    busy.request()
    with django_assert_max_num_queries(30):
        tide._flow()
    for page in pages:
        page.read()
        assert page.rows


# ---------------------------------------------------------------- the address of the stream


def test_who_is_not_logged_in_gets_no_stream(db, client):
    answer = client.get(reverse("live"))
    assert answer.status_code == 401 and answer.json()["sentence"].endswith(".")


@pytest.mark.parametrize(
    "query",
    [{"lists": "nothing"}, {"since": "-1"}, {"since": "x"}, {"since": "9" * 30}, {"lists": "\x00"}, {"since": "²"}],
)
def test_a_stream_of_nothing_known_is_refused_with_a_sentence(centre, query):
    client = Client()
    client.force_login(centre.account(centre.triagist), "django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("live"), query)
    assert answer.status_code == 400 and answer.json()["sentence"].endswith(".")
