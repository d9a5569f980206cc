"""Figures, tables and pieces of a page, as the report of one run tells them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import inf

from schakel.domain.reasons import gettext_noop as _
from schakel.planning.experiment import Results
from schakel.planning.report.words import Language
from schakel.planning.scenario import Quantity
from schakel.planning.statistics import Estimate

BASE = _("As it is")


class Telling:
    """What was found, and the language in which it is told. `say` translates; `name` calls a variant by its name."""

    def __init__(self, results: Results, language: Language) -> None:
        self.results = results
        self.scenario = results.scenario
        self.say = language
        self.variants = self.scenario.variants
        self.name = {one.id: one.name or language(BASE) for one in self.variants}

    def level(self, indicator: Quantity, value: float) -> str:
        if indicator.is_time:
            return self.say(_("{n} min"), n=self.say.number(value, 1))
        return f"{self.say.number(100 * value, 1)} %"

    def apart(self, indicator: Quantity, value: float) -> str:
        digits = 2
        if indicator.is_time:
            return self.say(_("{n} min"), n=self.say.number(value, digits, sign=True))
        return self.say.number(100 * value, digits, sign=True)

    def width(self, indicator: Quantity, value: float, sign: bool = False) -> str:
        text = _("{n} min") if indicator.is_time else _("{n} points")
        times = 100 if sign and not indicator.is_time else 1
        return self.say(text, n=self.say.number(times * value, 2, sign=sign))

    def interval(self, found: Estimate | None, times: float, unit: str) -> str:
        if found is None:
            return self.say(_("not known"))
        value = self.say.number(times * found.value, 1)
        if found.half_width == inf:
            return f"{value} {unit}".strip()
        return f"{value} {unit} ± {self.say.number(times * found.half_width, 1)}".replace("  ", " ")

    def share(self, share: float | None) -> str:
        return self.say(_("not known")) if share is None else f"{self.say.number(100 * share, 1)} %"

    def whole(self, number: int) -> str:
        return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")

    def bounds(self, low: float | None, high: float | None) -> str:
        if low is None:
            return self.say(_("below {high} %"), high=self.say.number(100 * (high or 0), 0))
        if high is None:
            return self.say(_("{low} % and above"), low=self.say.number(100 * low, 0))
        return self.say(_("{low} to {high} %"), low=self.say.number(100 * low, 0), high=self.say.number(100 * high, 0))

    def confidence(self) -> str:
        per_cent = 100 * self.scenario.runs.confidence
        return self.say.number(per_cent, 0 if abs(per_cent - round(per_cent)) < 1e-9 else 1)

    def section(self, title: str, inside: str) -> str:
        return f"<section>\n<h2>{escape(self.say(title))}</h2>\n{inside}\n</section>"

    def folded(self, title: str, inside: str) -> str:
        return f"<details><summary>{escape(self.say(title))}</summary>{inside}</details>"

    def table(
        self, caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()
    ) -> str:
        def kind(column: int) -> str:
            return ' class="n"' if column in numbers else ""

        told = [head if isinstance(head, InWords) else self.say(head) for head in heads]
        head = "".join(f'<th scope="col"{kind(i)}>{escape(text)}</th>' for i, text in enumerate(told))
        body = "".join(
            "<tr>"
            + "".join(
                f'<th scope="row">{escape(cell)}</th>' if i == 0 else f"<td{kind(i)}>{escape(cell)}</td>"
                for i, cell in enumerate(row)
            )
            + "</tr>"
            for row in rows
        )
        name = escape(self.say(caption))
        return (
            f'<div class=scroll tabindex="0" role="region" aria-label="{name}"><table><caption>{name}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


class InWords(str):
    """A text that is in the language of the report already."""

    __slots__ = ()
