"""What the commands of the planning room share: whether it is installed, regions, files, progress and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from schakel.cli.terminal import refuse

if TYPE_CHECKING:
    from rich.console import Console

    from schakel.domain.region import Region

#: Without one of these the planning room is not there.
NEEDED = ("numpy", "scipy", "numba", "highspy", "polars")


def with_planning() -> None:
    """Refuse with a sentence where the planning room is not installed."""
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        refuse(
            f"The planning room is not installed here ({', '.join(lacking)}). "
            "Install it with: pip install 'schakel[planning]'"
        )


@contextmanager
def refusals() -> Iterator[None]:
    """Wrong input, a wrong region or a question without an answer become sentences, and the command ends with 1."""
    from schakel.domain.region import WrongRegion
    from schakel.planning.location.placement import NoPlacement
    from schakel.planning.table import WrongInput

    try:
        yield
    except (WrongInput, WrongRegion, NoPlacement) as wrong:
        refuse(str(wrong))


def a_region(name: str) -> Region:
    """A region by its name, or by the path of its file."""
    from schakel.cli.region import read
    from schakel.domain.region import load

    if name.endswith(".toml"):
        if not Path(name).is_file():
            refuse(f"{name}: there is no such file.")
        return load(name)
    return read(name)


def write(path: Path | None, text: str, console: Console) -> None:
    """Write a file that was asked for, and say so."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        refuse(f"{path}: cannot be written ({error.strerror}). Choose another place.")
    console.print(f"Written: {path}", highlight=False)
