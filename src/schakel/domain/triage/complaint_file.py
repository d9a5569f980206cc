"""Reading questions, rules, complaints and the patients written to test them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from schakel.domain.region.problem import Problem, shown
from schakel.domain.region.sheet import Sheet
from schakel.domain.triage.patient import Patient, Vitals, WrongMeasurement
from schakel.domain.triage.protocol import Case, EntryComplaint, Question, Rule, Span
from schakel.domain.triage.sheets import flag, months, settings, sources, text, texts, whom
from schakel.domain.triage.words import LETTERS, Answer, Measure, Section, Setting, Sex
from schakel.domain.vocabulary import Complaint, Term, Urgency


class Expected(Term):
    """What a written patient may be expected to be, beside an urgency."""

    INCOMPLETE = "incomplete", "incomplete"


@dataclass
class Known:
    """What files lean on that are read before them: sources, bands of age, and the questions of the whole protocol."""

    sources: Collection[str]
    ages: Mapping[str, Span]
    questions: dict[str, Question] = field(default_factory=dict)
    of_complaints: frozenset[str] = (
        frozenset()
    )  # ids of the questions of all complaints, with the complaint before them


def read_questions(
    sheet: Sheet, known: Known, section: Section | None, before: str = ""
) -> tuple[tuple[Question, ...], tuple[Rule, ...]]:
    """The questions of a file, and the rules that stand in the questions themselves.

    Without a section each question names its own letter. `before` stands before the ids of a complaint's questions.
    """
    questions: list[Question] = []
    rules: list[Rule] = []
    taken = {one.id for one in known.questions.values()}
    for one in sheet.sheets("question"):
        own = one.identity("id", taken if not before else set())
        if before and own in taken:
            one.note("id", "a name that no shared question has", f'"{own}"')
        full = f"{before}{own}"
        if any(question.id == full for question in questions):
            one.note("id", "a name that is used once", f'"{own}" for the second time')
        question = Question(
            id=full,
            section=one.code("section", Section) if section is None else section,
            ask=text(one, "ask"),
            help=text(one, "help"),
            finding=text(one, "finding"),
            whom=whom(one, known.ages),
            settings=settings(one),
            sources=sources(one, known.sources),
        )
        questions.append(question)
        if one.has("yes") or one.has("unknown") or one.has("red_flag"):
            yes, unknown = _urgencies(one)
            rules.append(
                Rule(
                    id=full,
                    of=(full,),
                    at_least=1,
                    yes=yes,
                    unknown=unknown,
                    because=question.finding,
                    red_flag=flag(one, "red_flag"),
                    whom=question.whom,
                    sources=question.sources,
                )
            )
    return tuple(questions), tuple(rules)


def _urgencies(sheet: Sheet) -> tuple[Urgency, Urgency]:
    yes, unknown = sheet.code("yes", Urgency), sheet.code("unknown", Urgency)
    if sheet.is_clean() and unknown.is_above(yes):
        sheet.note("unknown", f"nothing more urgent than {yes}, which a yes gives", str(unknown))
    return yes, unknown


def read_rules(sheet: Sheet, known: Known, own: Collection[str], taken: set[str], before: str = "") -> tuple[Rule, ...]:
    """The rules over several questions, or over a shared one. An id of the complaint goes before a shared one."""
    if not sheet.has("rule"):
        return ()
    rules: list[Rule] = []
    for one in sheet.sheets("rule"):
        name = one.identity("id", set())
        full = f"{before}{name}"
        if full in taken:
            one.note("id", "a name that no question and no other rule of this file has", f'"{name}"')
        taken.add(full)
        short = {question.removeprefix(before): question for question in own}
        named = one.references("of", {**dict.fromkeys(known.questions), **short}, "a question")
        of = tuple(dict.fromkeys(short.get(question, question) for question in named))
        if len(of) < max(1, len(named)) and one.is_clean():
            one.note("of", "at least one question, and each once", f"{len(named)}")
        at_least = one.whole("at_least", least=1) if one.has("at_least") else max(1, len(of))
        if of and at_least > len(of):
            one.note("at_least", f"at most the {len(of)} questions in `of`", str(at_least))
        yes, unknown = _urgencies(one)
        rules.append(
            Rule(
                id=full,
                of=of,
                at_least=at_least,
                yes=yes,
                unknown=unknown,
                because=text(one, "because"),
                red_flag=flag(one, "red_flag"),
                whom=whom(one, known.ages),
                sources=sources(one, known.sources),
            )
        )
    return tuple(rules)


def note_unused(sheet: Sheet, questions: Collection[Question], rules: Collection[Rule]) -> None:
    """Note every question that no rule uses: it would be asked of nobody."""
    used = {one for rule in rules for one in rule.of}
    for question in questions:
        if question.id not in used and sheet.is_clean():
            sheet.note(
                f"question[{question.id.rpartition('.')[2]}]", "`yes` and `unknown`, or a rule that uses it", "none"
            )


def read_complaint(sheet: Sheet, stem: str, known: Known, complaints: Collection[str]) -> EntryComplaint:
    """One entry complaint from its own file; the file has the name of the complaint."""
    own = sheet.identity("id", set())
    if own and own != stem:
        sheet.note("id", f'"{stem}", the name of the file', shown(own))
    before = f"{stem}."
    questions, rules = read_questions(sheet, known, Section.COMPLAINT, before)
    rules += read_rules(sheet, known, [one.id for one in questions], {rule.id for rule in rules}, before)
    note_unused(sheet, questions, rules)
    made = EntryComplaint(
        id=stem,
        code=sheet.code("code", Complaint),
        name=text(sheet, "name"),
        synonyms=sheet.texts("synonyms"),
        synonyms_en=sheet.texts("synonyms_en"),
        icpc=sheet.texts("icpc"),
        whom=whom(sheet, known.ages),
        for_others=sheet.reference("for_others", complaints, "a complaint") if sheet.has("for_others") else None,
        none_of_these=sheet.code("none_of_these", Urgency),
        advice=texts(sheet, "advice"),
        safety_net=texts(sheet, "safety_net"),
        questions=questions,
        rules=rules,
        sources=sources(sheet, known.sources),
    )
    for name, found in (("advice", made.advice), ("safety_net", made.safety_net)):
        if not found and sheet.is_clean(name):
            sheet.note(name, "at least one text", "none")
    made = replace(made, cases=_cases(sheet, made, known, complaints))
    sheet.done()
    return made


def _cases(sheet: Sheet, complaint: EntryComplaint, known: Known, complaints: Collection[str]) -> tuple[Case, ...]:
    short = {question.id.partition(".")[2]: question.id for question in complaint.questions}
    names = {**{one: one for one in (*known.questions, *known.of_complaints)}, **short}
    taken: set[str] = set()
    cases = []
    for one in sheet.sheets("case"):
        told = {
            key: tuple(names[name] for name in one.references(key, names, "a question")) if one.has(key) else ()
            for key in ("yes", "unknown", "unasked")
        }
        every = [name for found in told.values() for name in found]
        for name in sorted({name for name in every if every.count(name) > 1}):
            one.note("yes", "each question under one of `yes`, `unknown` and `unasked`", f'"{name}" twice')
        also = one.references("also", complaints, "a complaint") if one.has("also") else ()
        cases.append(
            Case(
                id=one.identity("id", taken),
                about=text(one, "about"),
                complaints=(complaint.id, *also),
                yes=told["yes"],
                unknown=told["unknown"],
                unasked=told["unasked"],
                patient=_patient(one),
                vitals=_vitals(one),
                setting=one.code("setting", Setting) if one.has("setting") else Setting.PHONE,
                expect=_expect(one),
            )
        )
    return tuple(cases)


def _expect(sheet: Sheet) -> Urgency | None:
    if sheet.table.get("expect") == str(Expected.INCOMPLETE):
        sheet.asked.add("expect")
        return None
    return sheet.code("expect", Urgency)


def _patient(sheet: Sheet) -> Patient:
    return Patient(
        age_months=months(sheet, "age") if sheet.has("age") else None,
        sex=sheet.code("sex", Sex) if sheet.has("sex") else None,
        pregnant=sheet.code("pregnant", Answer) if sheet.has("pregnant") else None,
    )


def _vitals(sheet: Sheet) -> Vitals:
    if not sheet.has("vitals"):
        return Vitals()
    table = sheet.sheet("vitals")
    values: dict[str, object] = {}
    for measure in Measure:
        if table.has(measure.value):
            if measure is Measure.OXYGEN:
                values[measure.value] = table.yes_or_no(measure.value)
            elif measure in LETTERS:
                values[measure.value] = table.text(measure.value)
            else:
                values[measure.value] = table.whole(measure.value)
    scale_2 = flag(table, "scale_2")
    table.done()
    try:
        return Vitals(**values, scale_2=scale_2)  # type: ignore[arg-type]
    except WrongMeasurement as wrong:
        sheet.problems.append(Problem(sheet.file, f"{sheet.key}.vitals", "values that can be measured", str(wrong)))
        return Vitals()
