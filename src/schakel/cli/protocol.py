"""`schakel protocol`: check, test, prove and compare triage protocols. Files alone; no database is asked."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schakel.cli.terminal import near, refuse

if TYPE_CHECKING:
    from schakel.domain.triage import Protocol
    from schakel.proving import Proved

app = typer.Typer(help="Triage protocols as data: check, test, prove, compare.", no_args_is_help=True)

One = Annotated[str, typer.Argument(help="A protocol by its name, such as basis, or its folder.")]

NO_SOLVER = "Proofs need the solver z3, which is not installed. Install Schakel with its extra `protocol`."


@app.command()
def check(protocols: Annotated[list[str], typer.Argument(help="Protocols by name or folder.")]) -> None:
    """Say everything that is wrong with the files of protocols, each problem as a sentence."""
    from schakel.domain.triage import check as problems_in

    wrong = 0
    for one in protocols:
        problems = problems_in(folder(one))
        wrong += len(problems)
        for problem in problems:
            typer.echo(f"{one}/{problem}", err=True)
        if not problems:
            typer.echo(f"{one}: right.")
    if wrong:
        raise typer.Exit(1)


@app.command()
def test(protocol: One = "basis") -> None:
    """Try the patients written in a protocol, and name the rules that none of them tries."""
    from schakel.domain.triage.cases import shown, try_all, untried

    read = load(protocol)
    tried = try_all(read)
    wrong = [one for one in tried if not one.holds]
    for one in wrong:
        typer.echo(
            f"{one.complaint}, {one.case.id} ({one.case.about.en}): expected {shown(one.case.expect)}, "
            f"but came {shown(one.came.urgency)}{_because(one.came.fired)}.",
            err=True,
        )
    left = {complaint.id: untried(read, complaint) for complaint in read.complaints.values()}
    for name, rules in left.items():
        if rules:
            typer.echo(f"{name}: no patient is decided by {', '.join(rules)}.")
    typer.echo(f"{len(tried)} patients of {len(read.complaints)} complaints, {len(wrong)} otherwise than expected.")
    if wrong:
        raise typer.Exit(1)


def _because(fired: tuple) -> str:  # type: ignore[type-arg]
    told = ", ".join(f"{one.what.id} {one.urgency}" for one in fired[:3])
    return f" by {told}" if told else ""


@app.command()
def prove(
    protocol: One = "basis",
    complaint: Annotated[list[str] | None, typer.Option(help="Only this complaint; may be repeated.")] = None,
) -> None:
    """Prove P1 to P9 for every patient and every answer at once, or show the patient for whom one does not hold."""
    read = load(protocol)
    for one in complaint or ():
        if one not in read.complaints:
            refuse(f"{read.id} has no complaint {one}.{near(one, read.complaints)}")
    try:
        from schakel import proving
    except ModuleNotFoundError:
        refuse(NO_SOLVER)

    results: dict[str, list[Proved]] = defaultdict(list)
    asked = list(proving.proofs(read, tuple(complaint) if complaint else None))
    left = {about: sum(one[1] == about for one in asked) for about in dict.fromkeys(one[1] for one in asked)}
    for proved in proving.prove(read, tuple(complaint) if complaint else None):
        results[proved.about].append(proved)
        if len(results[proved.about]) == left[proved.about]:
            _tell(proved.about, results[proved.about])
    failures = sum(len(proved.failures) for many in results.values() for proved in many)
    seconds = sum(proved.seconds for many in results.values() for proved in many)
    told = f"{read.id} {read.version}, {read.fingerprint[:12]}: {len(asked)} proofs in {seconds:.0f} s"
    typer.echo(f"{told}, {failures} failed. {read.warning.en}" if failures else f"{told}, all hold. {read.warning.en}")
    if failures:
        raise typer.Exit(1)


def _tell(about: str, many: list[Proved]) -> None:
    names = sorted({str(proved.property) for proved in many})
    seconds = sum(proved.seconds for proved in many)
    failed = [failure for proved in many for failure in proved.failures]
    typer.echo(f"{about}: {' '.join(names)} {'hold' if not failed else 'were asked'} ({seconds:.1f} s).")
    for failure in failed:
        typer.echo(str(failure), err=True)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The version in use, by name or folder.")],
    new: Annotated[str, typer.Argument(help="The version that is to replace it.")],
) -> None:
    """List each kind of patient whom a new version makes less urgent or helps later (P10). With any, it ends with 1."""
    before, after = load(old), load(new)
    try:
        from schakel.proving.difference import differences
    except ModuleNotFoundError:
        refuse(NO_SOLVER)

    found = differences(before, after)
    for one in found:
        typer.echo(str(one))
    told = f"From {before.version} ({before.fingerprint[:12]}) to {after.version} ({after.fingerprint[:12]})"
    added = [name for name in after.complaints if name not in before.complaints]
    if added:
        typer.echo(f"New complaints: {', '.join(added)}.")
    if before.fingerprint == after.fingerprint:
        typer.echo(f"{told}: the same protocol.")
    elif not found:
        typer.echo(f"{told}: nobody is less urgent or helped later.")
    else:
        many = "1 difference" if len(found) == 1 else f"{len(found)} differences"
        typer.echo(f"{told}: {many} for a clinician to agree with.")
        raise typer.Exit(1)


def folder(name: str) -> Path:
    """The folder of a protocol, by its name or by its path; refused with the names that look like it."""
    from schakel.domain.triage import find

    path = Path(name)
    if (path / "protocol.toml").is_file() or ("/" in name and path.is_dir()):
        return path
    try:
        return find(name)
    except FileNotFoundError:
        known = names()
        refuse(f"There is no protocol {name}.{near(name, known)} Known: {', '.join(known) or 'none'}.")


def load(name: str) -> Protocol:
    """A protocol that can be used; else refused with everything that is wrong."""
    from schakel.domain.triage import WrongProtocol
    from schakel.domain.triage import load as read

    try:
        return read(folder(name))
    except WrongProtocol as wrong:
        refuse(str(wrong))


def names() -> list[str]:
    """The names of the protocols whose files are here."""
    folders = [Path.cwd() / "protocols", Path(__file__).resolve().parents[3] / "protocols"]
    return sorted({file.parent.name for folder in folders for file in folder.glob("*/protocol.toml")})
