"""The command line: each command as a person would type it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schakel.accounts.models import Membership, Organisation, Person
from schakel.cli import app
from schakel.cli.translations import compile_stale
from schakel.domain.vocabulary import Role
from schakel.operations.models import CareRequest, JournalEntry

ROOT = Path(__file__).resolve().parents[2]
REGION = ROOT / "regions" / "midden-nederland.toml"


def run(*words: str, **kwargs):
    return CliRunner().invoke(app, words, **kwargs)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def start(tmp_path: Path, *words: str) -> subprocess.Popen:
    """A command of its own process, on a database of its own."""
    environment = os.environ | {"SCHAKEL_DATA": str(tmp_path / "data"), "SCHAKEL_DATABASE": "", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", "from schakel.cli import app; app()", *words],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen, number: int = signal.SIGTERM) -> str:
    process.send_signal(number)
    told, _ = process.communicate(timeout=30)
    return told


def wait_for(address: str, process: subprocess.Popen, seconds: float = 90) -> bytes:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stdout.read()
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.2)
    finish(process, signal.SIGKILL)
    raise AssertionError(f"nothing answered at {address}")


def test_help_needs_no_django():
    told = subprocess.run(
        [sys.executable, "-c", "import sys, schakel.cli; sys.exit('django' in sys.modules)"], cwd=ROOT, check=False
    )
    assert told.returncode == 0
    assert "demo" in run("--help").output


def test_a_right_region_is_right_and_a_wrong_one_is_told_every_problem(tmp_path):
    assert run("region", "check", str(REGION)).exit_code == 0
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('name = 3\ncolour = "red"\n')
    result = run("region", "check", str(wrong), str(tmp_path / "none.toml"))
    assert result.exit_code == 1
    assert "name: expected" in result.output
    assert "colour" in result.output
    assert "there is no such file" in result.output


@pytest.mark.django_db
def test_a_region_is_loaded_and_a_second_time_changes_nothing():
    assert "0 made" not in run("region", "load").output
    assert "0 made, 0 changed" in run("region", "load", "midden-nederland").output
    assert Organisation.objects.filter(code="zcc").exists()


def test_a_region_with_a_slip_of_the_pen_gets_the_names_that_look_like_it():
    result = run("region", "load", "midden-nederlant")
    assert result.exit_code == 1
    assert "Did you mean midden-nederland?" in result.output


@pytest.mark.django_db
def test_a_person_is_added_with_a_role_and_a_password_made_up(centre):
    result = run("person", "add", "fatma", "--name", "Fatma Test", "--role", "triagist", "--organisation", "zcc")
    assert result.exit_code == 0, result.output
    password = result.output.rsplit("Password: ", 1)[1].strip()
    assert Person.objects.get(username="fatma").check_password(password)
    assert Membership.objects.get(person__username="fatma").role is Role.TRIAGIST
    again = run("person", "add", "fatma", "--name", "Fatma Test", "--role", "triagist", "--organisation", "zcc")
    assert again.exit_code == 1
    assert "already" in again.output


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "organisation", "sentence"),
    [("triagst", "zcc", "Did you mean triagist"), ("crew", "altrect", "Did you mean altrecht")],
)
def test_an_unknown_role_or_organisation_names_what_looks_like_it(centre, role, organisation, sentence):
    result = run("person", "add", "x", "--name", "X Y", "--role", role, "--organisation", organisation)
    assert result.exit_code == 1
    assert sentence in result.output


@pytest.mark.django_db
def test_a_weak_password_is_refused_with_a_sentence(centre):
    words = ("person", "add", "x", "--name", "X Y", "--role", "crew", "--organisation", "ravu", "--ask-password")
    result = run(*words, input="short\nshort\n")
    assert result.exit_code == 1
    assert not Person.objects.filter(username="x").exists()


@pytest.mark.django_db
def test_the_journal_is_verified_and_a_row_that_was_changed_by_hand_is_named(centre):
    request = centre.request()
    assert run("journal", "verify").exit_code == 0
    CareRequest.objects.filter(pk=request.pk).update(zone="baarn")
    result = run("journal", "verify")
    assert result.exit_code == 1
    assert f"request {request.pk}: zone is baarn in the row, zeist by its history." in result.output


@pytest.mark.django_db
def test_an_event_that_is_missing_from_the_journal_is_named(centre):
    centre.request()
    JournalEntry.objects.filter(seq=2).delete()
    assert "The journal has no event 2." in run("journal", "verify").output


@pytest.mark.django_db
def test_the_access_log_is_verified(centre):
    from schakel.accounts.models import AccessEntry
    from schakel.operations import dossier

    dossier.read(centre.request(), centre.triagist)
    assert "one whole chain" in run("access", "verify").output
    AccessEntry.objects.update(ground="another")
    result = run("access", "verify")
    assert result.exit_code == 1
    assert "Line 1" in result.output


def test_translations_are_compiled_when_they_are_missing_or_older(tmp_path):
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "who"\nmsgstr "wie"\n')
    assert [path.name for path in compile_stale(tmp_path)] == ["django.mo"]
    assert compile_stale(tmp_path) == []
    os.utime(source, (time.time() + 5, time.time() + 5))
    assert len(compile_stale(tmp_path)) == 1


def test_a_centre_is_migrated_served_and_worked_for_and_stops_when_told(tmp_path):
    refused = start(tmp_path, "serve", "--port", str(free_port()))
    assert "schakel migrate" in refused.communicate(timeout=60)[0]
    assert refused.returncode == 1
    migrated = start(tmp_path, "migrate")
    assert "up to date" in migrated.communicate(timeout=120)[0]
    port = free_port()
    serving = start(tmp_path, "serve", "--port", str(port))
    try:
        assert b"Schakel" in wait_for(f"http://127.0.0.1:{port}/account/login/", serving)
        taken = start(tmp_path, "serve", "--port", str(port))
        assert "Choose another with --port" in taken.communicate(timeout=60)[0]
    finally:
        finish(serving)
    working = start(tmp_path, "worker")
    assert working.stdout.readline() == "The worker is at work.\n"
    finish(working)
    assert working.returncode == 0


def test_a_demonstration_starts_with_its_seats_and_on_its_own_data(tmp_path):
    port, data = free_port(), tmp_path / "demo"
    words = ("--hours-before", "0.1", "--speed", "30", "--data", str(data))
    playing = start(tmp_path, "demo", "--port", str(port), *words)
    try:
        page = wait_for(f"http://127.0.0.1:{port}/account/login/", playing)
        assert b"Schakel" in page
        time.sleep(2)
    finally:
        told = finish(playing, signal.SIGINT)
    assert "schakel-demo-2026" in told
    assert "uitgifte" in told
    assert (data / "schakel.sqlite3").exists()
    assert "Traceback" not in told
    environment = os.environ | {"SCHAKEL_DATA": str(data), "SCHAKEL_DATABASE": ""}
    verify = [sys.executable, "-c", "from schakel.cli import app; app()", "journal", "verify"]
    verified = subprocess.run(verify, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "fold of its history" in verified.stdout


def test_the_end_of_an_answer_does_not_wait_for_word_that_its_beginning_came():
    """Without it every page took 40 ms longer, and no test of a page could see it."""
    import socket

    from schakel.cli.centre import listen

    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()) as _browser:
        accepted, _address = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
