"""The report as one page of HTML that needs nothing else: no network, no script, no file beside it.

It begins with the question and the answer in sentences; then every chart with its table; then what each figure counts,
what was not simulated, and how to play the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from schakel.domain.durations import MINUTE
from schakel.domain.reasons import gettext_noop as _
from schakel.planning.experiment import Compared, Results
from schakel.planning.report import sections
from schakel.planning.report.telling import Telling
from schakel.planning.report.words import MEANING, NOT_SIMULATED, Language
from schakel.planning.scenario import Best, Method, Precision, Quantity, Variant

LOOK = Path(__file__).with_name("look.css")

NOTHING = _("No figure differs from the base by more than chance explains.")
NOT_THERE = _("What is not simulated")
SOURCES = _("Sources")

#: A difference smaller than this, in points of per cent or minutes, is not named, however sure it is.
SEEN = 0.005


def page(results: Results, about: Mapping[str, str], language: Language) -> str:
    """The whole page. about: what is needed to play it again, by name."""
    t = Telling(results, language)
    parts = (
        top(t),
        answer(t),
        sections.differences(t),
        sections.levels(t),
        sections.curve(t),
        sections.on_the_map(t),
        sections.by_area(t),
        sections.units(t),
        meaning(t),
        again(t, about),
    )
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="{language.code}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(t.scenario.name)}</title>\n<style>\n{LOOK.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def top(t: Telling) -> str:
    scenario, say = t.scenario, t.say
    what = say(
        _("{region}, {days} days from {start}; {runs}."),
        region=scenario.region.name,
        days=scenario.period.days,
        start=scenario.period.start.isoformat(),
        runs=how_often(t),
    )
    warning = say(
        _(
            "A simulation: what would happen under these rules with these patients, not what happened. Not "
            "clinically validated. Where a figure of the region's file is an estimate, so is everything that "
            "follows from it."
        )
    )
    return (
        f"<h1>{escape(scenario.name)}</h1>\n<p class=question>{escape(scenario.question)}</p>\n"
        f"<p>{escape(what)}</p>\n<p class=mark>{escape(warning)}</p>"
    )


def how_often(t: Telling) -> str:
    runs = t.scenario.runs
    blocks = max(len(one) for one in t.results.blocks.values())
    if runs.method is Method.BATCHES:
        return t.say(_("one run, in {n} batches"), n=blocks)
    return t.say(_("{n} replications, in each the very same patients for every variant"), n=blocks)


def answer(t: Telling) -> str:
    say = t.say
    if len(t.variants) == 1:
        return ""
    lines = []
    for variant in t.variants[1:]:
        found = [one for one in t.results.comparisons if one.variant == variant.id]
        shown = [one for one in found if one.is_shown and can_be_seen(one)]
        sentences = [sentence(t, one) for one in shown]
        told = "".join(f"<li>{escape(one)}</li>" for one in sentences or [say(NOTHING)])
        lines.append(f"<h3>{escape(t.name[variant.id])}</h3>\n<ul>{told}</ul>")
    note = say(
        _(
            "A difference is named when chance alone would show one as large in fewer than 5 of 100 reports like "
            "this one (Holm, over {n} comparisons). What is not named may still differ; the intervals say how much."
        ),
        n=len(t.results.comparisons),
    )
    return t.section(_("What was found"), f"{chosen(t)}{''.join(lines)}<p class=quiet>{escape(note)}</p>{stopped(t)}")


def sentence(t: Telling, one: Compared) -> str:
    low, high = one.difference.interval
    return t.say(
        _("{figure}: from {base} to {value}, a difference of {difference} ({low} to {high}).{verdict}"),
        figure=t.say.headline(one.indicator, one.group),
        base=t.level(one.indicator, one.base),
        value=t.level(one.indicator, one.value),
        difference=t.width(one.indicator, one.difference.value, sign=True),
        low=t.apart(one.indicator, low),
        high=t.apart(one.indicator, high),
        verdict=f" {t.say(verdict)}." if (verdict := sections.verdict(t, one)) else "",
    )


def chosen(t: Telling) -> str:
    choice, stop = t.results.choice, t.scenario.runs.stop
    if choice is None or not isinstance(stop, Best):
        return ""
    say = t.say
    names = [t.name[t.variants[i].id] for i in choice.left]
    about = say.headline(stop.goal.indicator, stop.goal.group)
    confidence = t.confidence()
    if choice.best is not None:
        told = say(
            _("Best by {figure}: {name}, with {confidence} percent sure, if a gain below {gain} does not matter."),
            figure=about,
            name=names[0],
            confidence=confidence,
            gain=t.width(stop.goal.indicator, stop.indifference),
        )
    else:
        told = say(
            _("After {n} replications it is not known which is best by {figure}. Still possible: {names}."),
            n=choice.runs,
            figure=about,
            names=", ".join(names),
        )
    return f"<p><strong>{escape(told)}</strong></p>"


def stopped(t: Telling) -> str:
    """Whether the asked precision was reached, and which batches look too much alike."""
    say, notes = t.say, []
    stop = t.scenario.runs.stop
    if isinstance(stop, Precision):
        goal = stop.goal
        between = [t.results.difference(v.id, goal.indicator, goal.group) for v in t.variants[1:]]
        widest = max((one.scaled.half_width for one in between if one is not None), default=None)
        if widest is None:
            notes.append(say(_("Nothing was counted for {figure}."), figure=say.headline(goal.indicator, goal.group)))
        else:
            text = (
                _("The asked precision was reached: the difference in “{figure}” is known to {width} on either side.")
                if widest <= stop.half_width
                else _(
                    "The asked precision was not reached: the difference in “{figure}” is known to {width} on "
                    "either side."
                )
            )
            told = t.width(goal.indicator, widest)
            notes.append(say(text, figure=say.headline(goal.indicator, goal.group), width=told))
    for variant, indicator, group in t.results.doubts:
        text = _(
            "The batches of {name} look too much alike for {figure}; its interval is too narrow. Take longer ones."
        )
        figure = say.headline(next(one for one in Quantity if one.value == indicator), group)
        notes.append(say(text, name=t.name[variant], figure=figure))
    return "".join(f"<p>{escape(one)}</p>" for one in notes)


def meaning(t: Telling) -> str:
    say = t.say
    reach = say.number(t.scenario.reach_ms / MINUTE, 0)
    terms = "".join(
        f"<dt>{escape(say(indicator.label))}</dt><dd>{escape(say(MEANING[indicator], reach=reach))}</dd>"
        for indicator in MEANING
    )
    missing = "".join(f"<li>{escape(say(text))}</li>" for text in NOT_SIMULATED)
    interval = say(
        _(
            "An interval says how far chance may have moved a figure: of 100 such intervals, each from other "
            "patients drawn with the same rates, {confidence} hold the true one. It says nothing about rates, "
            "drives or durations that are wrong."
        ),
        confidence=t.confidence(),
    )
    return t.section(
        _("What was counted"),
        f"<dl>{terms}</dl><p>{escape(interval)}</p><h3>{escape(say(NOT_THERE))}</h3><ul>{missing}</ul>",
    )


def again(t: Telling, about: Mapping[str, str]) -> str:
    say, scenario = t.say, t.scenario
    variants = "".join(
        f"<dt>{escape(t.name[one.id])} ({escape(one.id)})</dt><dd>{escape(told(t, one))}</dd>" for one in t.variants
    )
    sources = "".join(f"<li>{escape(one)}</li>" for one in (*scenario.sources, *scenario.region.sources))
    facts = "".join(f"<dt>{escape(name)}</dt><dd class=wrap>{escape(value)}</dd>" for name, value in about.items())
    how = say(
        _("Play the same again with the files in the folder `inputs` beside this page: schakel simulate inputs/{file}"),
        file=scenario.path.name,
    )
    return t.section(
        _("Where it comes from"),
        f"<dl>{variants}</dl><p class=wrap>{escape(how)}</p>"
        f"<h3>{escape(say(SOURCES))}</h3><ul>{sources}</ul>" + t.folded(_("Seeds and versions"), f"<dl>{facts}</dl>"),
    )


def told(t: Telling, variant: Variant) -> str:
    """What makes a variant, in a line."""
    say, base = t.say, t.scenario.base
    rules, fleet = variant.rules, variant.fleet
    told = [say(_("free units: {rule}"), rule=say(rules.relocation.label))]
    told.append(say(_("A0 takes units away")) if rules.preempt else say(_("A0 takes no units away")))
    told.append(say(_("demand × {factor}"), factor=say.number(variant.growth.factor, 3)))
    if variant.growth.municipality:
        told.append(say(_("{n} municipalities with a factor of their own"), n=len(variant.growth.municipality)))
    for one in variant.redirects:
        about = {"share": say.number(100 * one.share, 0), "care": say(one.care.label), "to": say(one.to.label)}
        told.append(say(_("{share} percent of {care} becomes {to}"), **about))
    if fleet != base.fleet or variant is base:
        more, fewer = sum(one.number for one in fleet.added), len(fleet.removed)
        if more or fewer or fleet.moved or fleet.rosters:
            text = _("{more} units more, {fewer} fewer, {moved} moved, {hours} with other hours")
            moved, hours = len(fleet.moved), len(fleet.rosters)
            told.append(say(text, more=more, fewer=fewer, moved=moved, hours=hours))
        if fleet.closed:
            names = ", ".join(t.scenario.region.place[one].name for one in sorted(fleet.closed))
            told.append(say(_("closed: {names}"), names=names))
    return "; ".join(told) + "."


def can_be_seen(one: Compared) -> bool:
    """Whether anything is left of a difference when it is written down."""
    return abs(one.difference.value) * (1 if one.indicator.is_time else 100) >= SEEN
