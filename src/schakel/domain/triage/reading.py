"""From the folder of a protocol to a `Protocol`, or to the list of everything that is wrong with it.

A folder holds `protocol.toml`, `sources.toml`, `abcde.toml`, `shared.toml`, `vitals.toml`, `care.toml`, `mapping.toml`
and `complaints/` with one file per entry complaint. What each key means stands in docs/reference/protocol-format.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from schakel.domain.region.problem import Problem, shown
from schakel.domain.region.sheet import IDENTIFIER, Sheet
from schakel.domain.triage.care_file import read_care, read_equivalents
from schakel.domain.triage.complaint_file import Known, note_unused, read_complaint, read_questions, read_rules
from schakel.domain.triage.patient import OLDEST
from schakel.domain.triage.protocol import AgeBand, Protocol, Reviewer, Source
from schakel.domain.triage.sheets import span, text
from schakel.domain.triage.vitals_file import read_limits, read_scores
from schakel.domain.triage.words import Section, Status
from schakel.domain.vocabulary import Urgency

#: The files beside the complaints.
FILES = ("protocol", "sources", "abcde", "shared", "vitals", "care", "mapping")

SEMVER = re.compile(r"\d+\.\d+\.\d+")


class WrongProtocol(ValueError):
    """The protocol is refused; `problems` lists everything that is wrong with its files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load(folder: Path | str) -> Protocol:
    """Read a protocol. With anything wrong in any file it is refused, with all that is wrong: `WrongProtocol`."""
    protocol, problems = _read(Path(folder))
    if problems:
        raise WrongProtocol(problems)
    assert protocol is not None, "a folder without problems gives a protocol"
    return protocol


def check(folder: Path | str) -> list[Problem]:
    """Everything that is wrong with the files of a protocol; empty when it can be used."""
    return _read(Path(folder))[1]


def find(name: str) -> Path:
    """Where a protocol is: in `protocols/` here, else in the repository that this code stands in.

    Raises FileNotFoundError with the places that were looked at.
    """
    looked = [Path.cwd() / "protocols", Path(__file__).resolve().parents[4] / "protocols"]
    for folder in looked:
        if re.fullmatch(r"[\w-]+", name) and (folder / name / "protocol.toml").is_file():
            return folder / name
    raise FileNotFoundError(f"No protocol {name!r} in {' or '.join(map(str, dict.fromkeys(looked)))}.")


def _read(folder: Path) -> tuple[Protocol | None, list[Problem]]:
    problems: list[Problem] = []
    tables = {name: _table(folder / f"{name}.toml", f"{name}.toml", problems) for name in FILES}
    inside = sorted((folder / "complaints").glob("*.toml"))
    complaints = {path.stem: _table(path, f"complaints/{path.name}", problems) for path in inside}
    if not inside:
        problems.append(Problem("complaints", "the folder", "at least one file of a complaint", "none"))
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in FILES:
            problems.append(Problem(path.name, "the file", f"one of {', '.join(FILES)}", "a file of no meaning here"))
    for path in inside:
        if not IDENTIFIER.fullmatch(path.stem):
            problems.append(
                Problem(f"complaints/{path.name}", "the file", "a name of small letters, digits and hyphens", path.stem)
            )
    if any(table is None for table in (*tables.values(), *complaints.values())):
        return None, problems
    sheets = {name: Sheet(table or {}, f"{name}.toml", problems) for name, table in tables.items()}
    files = {stem: Sheet(table or {}, f"complaints/{stem}.toml", problems) for stem, table in complaints.items()}
    protocol = _protocol(sheets, files)
    for sheet in sheets.values():
        sheet.done()
    return (None if problems else protocol), problems


def _table(path: Path, shown_as: str, problems: list[Problem]) -> dict[str, object] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problems.append(Problem(shown_as, "the file", "a file that can be read", f'"{path}" ({error.strerror})'))
    except UnicodeDecodeError as error:
        problems.append(Problem(shown_as, "the file", "a text in UTF-8", f"byte {error.start}, which is none"))
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).rpartition(" (at ")
        key = where.rstrip(")").replace(", column", " column") if what else "the file"
        problems.append(Problem(shown_as, key, "TOML that can be read", f"a mistake: {what or error}"))
    return None


def _protocol(sheets: Mapping[str, Sheet], files: Mapping[str, Sheet]) -> Protocol:
    """The protocol, in the order in which its files lean on each other."""
    top = sheets["protocol"]
    sources = _sources(sheets["sources"])
    ages = _ages(top)
    known = Known(sources, {band.id: band.span for band in ages})

    abcde, abcde_rules = read_questions(sheets["abcde"], known, None)
    for question in abcde:
        if question.section not in LETTERED and sheets["abcde"].is_clean():
            sheets["abcde"].note(f"question[{question.id}].section", "one of A, B, C, D, E", str(question.section))
    known.questions |= {question.id: question for question in abcde}
    shared, shared_rules = read_questions(sheets["shared"], known, Section.SHARED)
    known.questions |= {question.id: question for question in shared}
    taken = {rule.id for rule in (*abcde_rules, *shared_rules)}
    rules = (*abcde_rules, *read_rules(sheets["abcde"], known, (), taken))
    rules += (*shared_rules, *read_rules(sheets["shared"], known, (), taken))
    note_unused(sheets["abcde"], abcde, rules)

    known.of_complaints = frozenset(f"{stem}.{one}" for stem, sheet in files.items() for one in _ids(sheet))
    complaints = {stem: read_complaint(sheet, stem, known, files) for stem, sheet in files.items()}
    every = (*rules, *(rule for one in complaints.values() for rule in one.rules))
    note_unused(sheets["shared"], shared, every)
    floor = top.sheet("floor")
    windows, urgencies = top.per("within_min", Urgency)
    protocol = Protocol(
        id=top.identity("id", set()),
        version=_version(top),
        title=text(top, "title"),
        status=top.code("status", Status),
        licence=top.text("licence"),
        population=text(top, "population"),
        warning=text(top, "warning"),
        reviewers=_reviewers(top),
        sources=sources,
        ages=ages,
        windows_min={urgency: windows.whole(str(urgency)) for urgency in urgencies},
        floor_if_yes=floor.code("yes", Urgency),
        floor_if_unknown=floor.code("unknown", Urgency),
        questions=(*abcde, *shared),
        rules=rules,
        scores=read_scores(sheets["vitals"], known.ages, sources),
        limits=read_limits(sheets["vitals"], known.ages, sources),
        care=read_care(sheets["care"], files),
        equivalents=read_equivalents(sheets["mapping"]),
        complaints=complaints,
    )
    floor.done()
    if protocol.status is not Status.DRAFT and not protocol.reviewers:
        top.note("reviewer", f"at least one reviewer of a protocol that is {protocol.status}", "none")
    return protocol


def _ids(sheet: Sheet) -> list[object]:
    """The ids of a file's questions before it is read, for the patients of other files who have two complaints."""
    questions = sheet.table.get("question")
    return [one.get("id") for one in questions if isinstance(one, dict)] if isinstance(questions, list) else []


LETTERED = (Section.AIRWAY, Section.BREATHING, Section.CIRCULATION, Section.DISABILITY, Section.EXPOSURE)


def _version(top: Sheet) -> str:
    version = top.text("version")
    if version and not SEMVER.fullmatch(version):
        top.note("version", 'three numbers such as "0.1.0"', shown(version))
    return version


def _sources(sheet: Sheet) -> dict[str, Source]:
    taken: set[str] = set()
    found = [
        Source(
            id=one.identity("id", taken),
            title=one.text("title"),
            publisher=one.text("publisher"),
            year=one.whole("year", least=1900),
            address=one.text("address"),
        )
        for one in sheet.sheets("source")
    ]
    return {source.id: source for source in found}


def _ages(top: Sheet) -> tuple[AgeBand, ...]:
    """The bands of age, without gap or overlap from birth to 120 years."""
    taken: set[str] = set()
    bands = tuple(AgeBand(one.identity("id", taken), text(one, "name"), span(one)) for one in top.sheets("age"))
    expected = 0
    for band in bands if top.is_clean() else ():
        if band.span.first != expected:
            top.note(f"age[{band.id}].from", f"{expected} months, where the band before it ends", f"{band.span.first}")
            return bands
        expected = band.span.end
    if bands and top.is_clean() and expected <= OLDEST:
        top.note("age", "a last band without `until`", f"nothing from {expected} months")
    return bands


def _reviewers(top: Sheet) -> tuple[Reviewer, ...]:
    if not top.has("reviewer"):
        return ()
    return tuple(Reviewer(one.text("name"), one.text("profession"), one.day("on")) for one in top.sheets("reviewer"))
