"""The access log: no read without a line, and no line changed, moved or taken away without a trace."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from doings import Busy, standing, with_refusal
from examples import check_references
from schakel.accounts import access_log
from schakel.accounts.models import AccessEntry, AccessHead, BrokenGlass, Deed, GlassReason
from schakel.domain.access import Category
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import Care
from schakel.operations import clock, dossier
from schakel.operations.actions import deployment, glass
from schakel.operations.actions import dossier as writing
from together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(db):
    with standing():
        yield Busy()


def a_dossier(busy: Busy):
    row = busy.request()
    for field, value in (("name", "Jansen"), ("callback", "030 123 45 67"), ("postcode", "3701 AB"), ("note", "asks")):
        writing.write(request=row.pk, field=field, value=value, at=busy.now, by=busy.triagist)
    return row


# ---------------------------------------------------------------- no read without a line


def test_every_read_of_a_dossier_is_one_line_that_says_who_what_and_why(busy):
    row = a_dossier(busy)
    before = AccessEntry.objects.count()
    read = dossier.read(row, busy.regiearts)
    assert read.value("name") == "Jansen"
    [line] = AccessEntry.objects.filter(number__gt=before)
    assert (line.person_id, line.request, line.deed) == (busy.regiearts.person, row.pk, Deed.READ)
    assert (line.organisation_id, line.at, line.emergency) == (busy.organisation.pk, clock.now_ms(), False)
    assert set(line.categories.split()) == {"location", "identity", "medical"}
    assert line.ground == "owner"


def test_a_line_holds_nothing_of_what_was_read(busy):
    row = a_dossier(busy)
    dossier.read(row, busy.regiearts)
    for line in AccessEntry.objects.all():
        for value in (getattr(line, field.attname) for field in AccessEntry._meta.fields):
            assert "Jansen" not in str(value) and "301234567" not in str(value)


def test_a_crew_that_reads_only_its_logistics_reads_no_dossier(busy):
    row = a_dossier(busy)
    deployment.offer(request=row.pk, care=Care.ALS, unit=busy.units[0], at=busy.now, by=busy.dispatcher)
    before = AccessEntry.objects.count()
    assert isinstance(with_refusal(lambda: dossier.read(row, busy.crews[0])), Refused)
    assert AccessEntry.objects.count() == before


@pytest.mark.parametrize("who", ["nobody", "vvt", "privacy_officer"])
def test_who_has_no_part_in_it_reads_nothing(busy, who):
    row = a_dossier(busy)
    refused = with_refusal(lambda: dossier.read(row, getattr(busy, who)))
    assert refused is not None and "break the glass" in str(refused)


def test_a_search_for_the_same_patient_is_a_line(busy):
    one, other = a_dossier(busy), a_dossier(busy)
    before = AccessEntry.objects.count()
    found = dossier.same_elsewhere(one, busy.triagist)
    assert [contact.request.pk for contact in found] == [other.pk]
    [line] = AccessEntry.objects.filter(number__gt=before)
    assert line.deed is Deed.SEARCH


def test_what_is_written_is_a_line_too(busy):
    row = a_dossier(busy)
    deeds = list(AccessEntry.objects.filter(request=row.pk).values_list("deed", flat=True))
    assert deeds == [Deed.UPDATE] * 4


def test_broken_glass_shows_the_dossier_for_its_time_and_says_so_in_every_line(busy):
    row = a_dossier(busy)
    type(row).objects.filter(pk=row.pk).update(owner=next(iter(busy.hap.seats)).organisation)
    row.refresh_from_db()
    assert with_refusal(lambda: dossier.read(row, busy.triagist)) is not None
    glass.break_glass(
        request=row.pk, reason=GlassReason.DANGER, words="no time to ask anybody", at=busy.now, by=busy.triagist
    )
    dossier.read(row, busy.triagist)
    line = AccessEntry.objects.last()
    assert line.emergency and line.ground == "glass: danger" and line.deed is Deed.READ
    clock.set_pace(centre=clock.now_ms() + HOUR + MINUTE, speed=0.0)
    assert with_refusal(lambda: dossier.read(row, busy.triagist)) is not None
    assert BrokenGlass.objects.get().words == "no time to ask anybody"


def _refuse_lines() -> None:
    """Let the database refuse every new line of the access log."""
    check_references()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_accessentry ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
        else:
            cursor.execute(
                "CREATE TRIGGER full_disk BEFORE INSERT ON accounts_accessentry "
                "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )


def test_when_the_line_cannot_be_written_nothing_is_shown_written_or_opened(busy):
    row, _twin = a_dossier(busy), a_dossier(busy)
    fields = list(row.dossier.values_list("pk", flat=True))
    with transaction.atomic():
        _refuse_lines()
        for attempt in (
            lambda: dossier.read(row, busy.triagist),
            lambda: dossier.same_elsewhere(row, busy.triagist),
            lambda: writing.write(request=row.pk, field="town", value="Zeist", at=busy.now, by=busy.triagist),
            lambda: glass.break_glass(
                request=row.pk, reason=GlassReason.DANGER, words="no time to ask", at=busy.now, by=busy.triagist
            ),
        ):
            with pytest.raises(DatabaseError):
                attempt()
        transaction.set_rollback(True)
    assert list(row.dossier.values_list("pk", flat=True)) == fields
    assert not BrokenGlass.objects.exists()


# ---------------------------------------------------------------- the chain


@pytest.fixture
def chain(busy):
    for minute in range(6):
        access_log.add(Deed.READ, viewer=busy.triagist, at=busy.now + minute, request=minute, categories=Category)
    assert list(access_log.breaks()) == []
    return list(AccessEntry.objects.order_by("number"))


def test_a_whole_chain_has_no_breaks_and_an_empty_one_neither(db):
    assert list(access_log.breaks()) == []


@pytest.mark.parametrize("field", sorted({*access_log.COVERED, "hash"} - {"number"}))
def test_a_line_that_was_changed_is_found(busy, chain, field):
    line = chain[2]
    other = {
        "person_id": busy.second.person,
        "organisation_id": busy.organisations[1],
        "role": "regiearts",
        "deed": "search",
        "emergency": True,
        "at": line.at + 1,
        "request": 999,
    }.get(field, "changed")
    AccessEntry.objects.filter(pk=line.pk).update(**{field: other})
    assert line.number in {broken.number for broken in access_log.breaks()} | {
        broken.number - 1 for broken in access_log.breaks()
    }


@pytest.mark.parametrize("place", range(6))
def test_a_line_that_was_taken_away_is_found_wherever_it_stood(chain, place):
    AccessEntry.objects.filter(pk=chain[place].pk).delete()
    assert list(access_log.breaks())


def test_a_tail_that_was_taken_away_is_found(chain):
    AccessEntry.objects.filter(number__gt=3).delete()
    [broken] = access_log.breaks()
    assert "ends at line 3" in broken.what


def test_a_log_that_was_emptied_is_found(chain):
    AccessEntry.objects.all().delete()
    assert list(access_log.breaks())


def test_a_head_that_was_taken_away_with_the_tail_is_found(chain):
    """Without its head the log cannot say where it ends, and that alone is a break."""
    AccessEntry.objects.filter(number__gt=3).delete()
    AccessHead.objects.all().delete()
    assert list(access_log.breaks())


def test_two_lines_that_changed_places_are_found(chain):
    one, other = chain[1], chain[2]
    AccessEntry.objects.filter(pk=one.pk).update(number=1_000)
    AccessEntry.objects.filter(pk=other.pk).update(number=one.number)
    AccessEntry.objects.filter(pk=one.pk).update(number=other.number)
    assert {one.number, other.number} <= {broken.number for broken in access_log.breaks()}


def test_a_line_that_was_put_in_between_is_found(busy, chain):
    AccessEntry.objects.filter(pk=chain[-1].pk).delete()
    forged = AccessEntry(
        number=chain[-1].number, at=busy.now, person_id=busy.second.person, deed=Deed.READ, before=chain[-2].hash
    )
    forged.hash = access_log.digest(forged)
    forged.save()
    assert "head" in " ".join(broken.what for broken in access_log.breaks())


@pytest.mark.django_db(transaction=True)
def test_lines_that_are_added_at_once_make_one_whole_chain(db):
    with standing():
        busy = Busy()
        before = AccessEntry.objects.count()

        def reads(person):
            for _ in range(10):
                access_log.add(Deed.READ, viewer=person, at=busy.now, request=1, categories=[Category.MEDICAL])
            return None

        people = [busy.triagist, busy.second, busy.regiearts, busy.lead]
        assert together(*(lambda person=person: reads(person) for person in people)) == [None] * 4
        assert AccessEntry.objects.count() - before == 40
        assert list(access_log.breaks()) == []


@pytest.mark.django_db(transaction=True)
def test_dossiers_that_are_read_at_once_are_all_in_the_log(db):
    with standing():
        busy = Busy()
        rows = [a_dossier(busy) for _ in range(3)]
        before = AccessEntry.objects.count()

        def reads(row):
            for _ in range(5):
                dossier.read(row, busy.triagist)
            return None

        assert together(*(lambda row=row: reads(row) for row in rows)) == [None] * 3
        assert AccessEntry.objects.count() - before == 15
        assert list(access_log.breaks()) == []


# ---------------------------------------------------------------- an anchor outside the database


def _cli(*words: str):
    from typer.testing import CliRunner

    from schakel.cli import app

    return CliRunner().invoke(app, words)


def _emptied() -> None:
    """The whole log is gone, its head too: the chain alone takes it for a new one."""
    AccessEntry.objects.all().delete()
    AccessHead.objects.all().delete()
    assert list(access_log.breaks()) == []


def test_a_log_that_was_emptied_with_its_head_does_not_hold_against_its_anchor(busy, tmp_path):
    for _ in range(3):
        dossier.read(busy.request(), busy.triagist)
    kept = tmp_path / "anchors"
    kept.write_text(_cli("access", "anchor").output)
    assert _cli("access", "verify", "--anchor", str(kept)).exit_code == 0
    dossier.read(busy.request(), busy.triagist)
    kept.write_text(kept.read_text() + _cli("access", "anchor").output)
    told = _cli("access", "verify", "--anchor", str(kept))
    assert told.exit_code == 0 and "holds against 2 anchors" in told.output
    _emptied()
    assert _cli("access", "verify").exit_code == 0
    told = _cli("access", "verify", "--anchor", str(kept))
    assert told.exit_code == 1 and "the log ends at line 0" in told.output
    for _ in range(9):
        dossier.read(busy.request(), busy.triagist)
    told = _cli("access", "verify", "--anchor", str(kept))
    assert told.exit_code == 1 and "another than the one" in told.output


def test_the_anchor_of_a_new_log_is_an_anchor(busy, tmp_path):
    AccessEntry.objects.all().delete()
    AccessHead.objects.all().delete()
    told = _cli("access", "anchor").output
    assert told == "schakel-access 0 -\n"
    kept = tmp_path / "anchors"
    kept.write_text(told)
    assert _cli("access", "verify", "--anchor", str(kept)).exit_code == 0


@pytest.mark.parametrize(
    "text", ["", "\n", "schakel-access 3", "schakel-access 3 -", "schakel-access 0 " + "a" * 64, "x"]
)
def test_a_file_that_is_no_anchor_is_refused_with_its_line(db, tmp_path, text):
    kept = tmp_path / "anchors"
    kept.write_text(text)
    told = _cli("access", "verify", "--anchor", str(kept))
    assert told.exit_code == 1 and "expected" in told.output and "Traceback" not in told.output
    told = _cli("access", "verify", "--anchor", str(tmp_path / "nothing"))
    assert told.exit_code == 1 and "cannot be read" in told.output
