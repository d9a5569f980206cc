"""The manual holds: every link, command, setting, address, path and name in it is really there."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from django.urls import Resolver404, resolve

from schakel.cli import app
from schakel.config.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"var", "build", "dist", "node_modules"}

#: Names of files that a reader is told to make.
TO_BE_MADE = ("regions/my-region",)


def _pages() -> list[Path]:
    found = ROOT.rglob("*.md")
    inside = [(page, page.relative_to(ROOT).parts) for page in found]
    return sorted(page for page, parts in inside if not SKIPPED & set(parts) and not any(p[0] == "." for p in parts))


PAGES = _pages()
FILES = sorted(
    [*(ROOT / "deploy").glob("*.service"), *(ROOT / "deploy").glob("*.env"), *(ROOT / "deploy").glob("*.conf")]
)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


class Told(str):
    """A page without its blocks of code, and those blocks."""

    blocks: list[tuple[str, str]]


@cache
def read(page: Path) -> Told:
    """The text of a page; the blocks of code apart, each with its language."""
    text = page.read_text(encoding="utf-8")
    fence = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
    told = Told(fence.sub("", text))
    told.blocks = [(found[1], found[2]) for found in fence.finditer(text)]
    return told


def code(page: Path) -> Iterator[str]:
    """What stands between backticks."""
    yield from re.findall(r"`([^`\n]+)`", read(page))


def lines(page: Path) -> Iterator[str]:
    """The lines of code that somebody might type, without what follows a hash."""
    for language, block in read(page).blocks:
        if language == "":
            yield from (line.split("  #")[0].strip() for line in block.splitlines())


def slug(heading: str) -> str:
    """The anchor of a heading, as the places where the pages are read make it."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


# ---------------------------------------------------------------- links


@every_page
def test_every_link_leads_somewhere(page):
    wrong = []
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", read(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists():
            wrong.append(target)
        elif anchor and anchor not in {slug(found) for found in re.findall(r"^#+ (.+)$", read(there), re.MULTILINE)}:
            wrong.append(f"{target}: no such heading")
    assert not wrong


@every_page
def test_every_picture_is_there(page):
    shown = [target for target in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", read(page)) if "://" not in target]
    assert [target for target in shown if not (page.parent / target).is_file()] == []


def test_every_page_of_the_manual_is_reached_from_its_index():
    """One page may lead to the next, but the index names them all; the reference and decisions are listed by folder."""
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / target).resolve() for target in re.findall(r"\]\(([^)\s#]+)\)", read(index))}
    pages = {page for page in PAGES if (ROOT / "docs") in page.parents and page != index}
    assert {page for page in pages if page not in named and page.parent not in named} == set()


# ---------------------------------------------------------------- commands


def test_every_make_target_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    wrong = []
    for page in PAGES:
        for said in [*code(page), *lines(page)]:
            found = re.search(r"(?:^|&& )make ([a-z-]+)", said)
            if found and found[1] not in targets:
                wrong.append(f"{page.name}: make {found[1]}")
    assert not wrong


def _spoken(text: str) -> Iterator[list[str]]:
    """The words after `schakel` in what somebody might type."""
    for found in re.finditer(r"(?:^|bin/|&& |; )schakel(?: ([^&;|\n]*))?(?:$|[&;|])", text):
        words = re.sub(r'"[^"]*"|<[^>]*>', "x", found[1] or "").split()
        yield words


def _why_not(words: list[str]) -> str | None:
    """Say what is wrong with a command line, or None when the application knows it."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while (known := getattr(command, "commands", None)) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in known:
            return f"{command.name} has no command {name}"
        command = known[name]
    known = {"-h", "--help"} | {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    strange = [word for word in rest if word.startswith("-") and word.split("=")[0] not in known]
    return f"{command.name} has no {strange[0]}" if strange else None


def test_every_command_and_option_exists():
    wrong = []
    for page in PAGES:
        for said in [*code(page), *lines(page)]:
            wrong += [f"{page.name}: {why}" for words in _spoken(said) if (why := _why_not(words))]
    for file in FILES:
        for said in re.findall(r"ExecStart=(.*)", file.read_text()):
            wrong += [
                f"{file.name}: {why}" for words in _spoken(said.replace("%i", "8001")) if (why := _why_not(words))
            ]
    assert not wrong


def test_a_command_that_is_not_there_would_be_found():
    assert _why_not(["journal", "verify"]) is None
    assert _why_not(["serve", "--no-worker", "--port", "8001"]) is None
    assert _why_not(["journal", "repair"]) is not None
    assert _why_not(["serve", "--fast"]) is not None
    assert list(_spoken("runuser -u schakel -- .venv/bin/schakel region load x")) == [["region", "load", "x"]]
    assert list(_spoken("createdb --owner schakel schakel")) == []


# ---------------------------------------------------------------- settings, addresses, paths, names


def test_every_setting_exists():
    known = {one.name for one in SETTINGS}
    for file in (*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")):
        known |= set(re.findall(r"environ(?:\.get\(|\[)\"(SCHAKEL_[A-Z_]+)\"", file.read_text()))
    said = {name for page in (*PAGES, *FILES) for name in re.findall(r"SCHAKEL_[A-Z_]+", page.read_text())}
    assert said - known == set()


def test_every_address_exists():
    wrong = []
    for page in PAGES:
        for said in code(page):
            if re.fullmatch(r"/(?!etc/|var/|srv/|usr/)(?:[a-z0-9_<>-]+/)+", said):
                try:
                    resolve(re.sub(r"<[^>]*>", "1", said))
                except Resolver404:
                    wrong.append(f"{page.relative_to(ROOT)}: {said}")
    assert not wrong


def test_every_path_exists():
    wrong = []
    for page in PAGES:
        for said in code(page):
            path = said.split("::")[0].split(" ")[0].rstrip("/")
            if not re.match(r"(src|tests|docs|deploy|regions|benchmarks)/[\w@./-]+$", path) or path.startswith(
                TO_BE_MADE
            ):
                continue
            if not (ROOT / path).exists():
                wrong.append(f"{page.relative_to(ROOT)}: {path}")
    assert not wrong


def test_every_name_in_the_code_exists():
    """What looks like `schakel.domain.access.RULES` is a module, and what comes after it stands in it."""
    wrong = []
    for page in PAGES:
        for said in code(page):
            if not re.fullmatch(r"schakel(\.\w+)+", said) or (ROOT / "deploy" / said).is_file():
                continue
            parts, at = said.split("."), ROOT / "src"
            while parts and (at / parts[0]).is_dir():
                at /= parts.pop(0)
            if parts and (at / f"{parts[0]}.py").is_file():
                at /= f"{parts.pop(0)}.py"
            source = (at / "__init__.py" if at.is_dir() else at).read_text() if at.suffix or at.is_dir() else ""
            wrong += [f"{page.name}: {said}" for part in parts if not re.search(rf"\b{part}\b", source)]
    assert not wrong


@pytest.mark.parametrize("page", [*PAGES, *FILES], ids=lambda page: str(page.relative_to(ROOT)))
def test_nothing_lies_on_one_machine_alone(page):
    assert re.findall(r"(?<![\w.])/(?:work|root|Users|home)/\S*", page.read_text()) == []


# ---------------------------------------------------------------- what single pages promise


def test_every_example_of_a_region_file_can_be_read():
    page = ROOT / "docs/how-to/describe-a-region.md"
    examples = [block for language, block in read(page).blocks if language == "toml"]
    assert examples
    for example in examples:
        tomllib.loads(example)


def test_every_key_of_the_region_file_is_explained():
    page = ROOT / "docs/how-to/describe-a-region.md"
    text = page.read_text()
    said = set(re.findall(r"[a-z_0-9]+", text))
    table = tomllib.loads((ROOT / "regions/midden-nederland.toml").read_text())
    assert _keys(table) - said == set()


#: Tables whose keys are names that a region thinks of itself.
OF_THE_REGION = {"shifts", "rosters", "units"}


def _keys(table: dict[str, Any]) -> set[str]:
    found = set()
    for key, value in table.items():
        found |= {key} if key == key.lower() else set()
        inner = value if isinstance(value, list) else [value]
        if key not in OF_THE_REGION:
            found |= {deeper for one in inner if isinstance(one, dict) for deeper in _keys(one)}
    return found - {care for care in table if care in _cares()}


@cache
def _cares() -> set[str]:
    from schakel.domain.vocabulary import Care

    return {care.value for care in Care}


#: Modules of the standard library, and beside it, that reach out over the network.
OUTSIDE = {"urllib.request", "http.client", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "urllib3", "socket"}

#: Where the server itself listens.
LISTENS = {"src/schakel/cli/centre.py"}


def test_no_module_and_no_screen_asks_an_outside_service():
    """What the explanation of choosing care promises: no outside service in a dispatcher's action."""
    asks = []
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {node.module or ""}
            else:
                continue
            asks += [f"{file.relative_to(ROOT)}: {name}" for name in names & OUTSIDE]
    for file in [*(ROOT / "src").rglob("*.js"), *(ROOT / "src").rglob("*.html"), *(ROOT / "src").rglob("*.css")]:
        found = re.findall(
            r"""(?:src|action|url|fetch|import|EventSource)\s*[=(:]?\s*["'(]?\s*https?://\S+""", file.read_text()
        )
        asks += [f"{file.relative_to(ROOT)}: {one}" for one in found]
    assert [one for one in asks if one.split(":")[0] not in LISTENS] == []


def test_the_tutorial_takes_seats_that_the_demonstration_has():
    from schakel.demo.people import LOGINS, PASSWORD

    text = (ROOT / "docs/tutorial/first-shift.md").read_text()
    taken = set(re.findall(r"^\|[^|]*\| `([a-z-]+)` \|", text, re.MULTILINE))
    assert taken
    assert taken <= {login.username for login in LOGINS}
    assert PASSWORD in text


#: Where a key is given to a control: in a template, in the navigation, or to a field.
GIVEN = re.compile(r'data-key="([^"{]+)"|keyed \w+ "([^"]+)"|key="([^"{]+)"|"(g [a-z])"|"([a-z])"\}')

#: Keys of all screens, which no template names: rows, and the list of keys.
EVERYWHERE = {"j", "k", "/", "?"}


def test_every_key_that_the_tutorial_names_is_a_key_of_some_screen():
    """Digits are given out by the lists themselves, in their order."""
    sources = [file.read_text() for kind in ("html", "py") for file in (ROOT / "src/schakel").rglob(f"*.{kind}")]
    known = {
        key
        for source in sources
        for pair in re.findall(
            r'data-key="([^"{]+)"|keyed \w+ "([^"]+)"|key="([^"{]+)"|"(g [a-z])"|"([a-z])"\}', source
        )
        for key in pair
    }
    known |= {key[0] for key in known if " " in key}  # the first of two
    text = read(ROOT / "docs/tutorial/first-shift.md")
    named = set(re.findall(r"`([a-z?/](?: [a-z])?)`", text))
    assert named - known - EVERYWHERE == set()
