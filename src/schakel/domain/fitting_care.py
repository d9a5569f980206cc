"""Which care: what each kind of care takes, and in which order the kinds are put before the dispatcher.

*Which care* is asked before *who*. The order is the region's (its routing rules); what a kind of care takes is the
same everywhere and stands in `NEEDS`. A kind of care is never a kind of vehicle: what a unit may do follows from the
people who are on it and the certificates they hold now. *Who* is answered by `domain.candidates`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from schakel.domain.reasons import Reason, Word
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.region.model import RoutingRule
from schakel.domain.vocabulary import Care, Competence, PlaceKind, Term, UnitKind, Urgency

DANGER_TO_LIFE = _("Danger to life: an ALS ambulance comes first, whatever else is chosen beside it.")
OTHERWISE = _("Rule {rule} does not name this care. You may choose it, with the reason why.")
WITHOUT_RULE = _("There is no urgency yet, so no rule says which care fits. Set the urgency first.")

#: The rule id of an ALS ambulance that stands first because life is in danger; no region can change it.
LIFE_FIRST = "life-first"


class Giver(Term):
    """By whom a kind of care is given."""

    UNIT = "unit", _("a unit that goes to the patient")
    PLACE = "place", _("a place that the patient goes to")
    CENTRE = "centre", _("the centre itself, by telephone")


#: What one person of the crew must hold: one of these sets, whole.
Slot = tuple[frozenset[Competence], ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What a kind of care takes.

    units: the kinds of unit that can carry it out, each with what it costs the cover: 0 for the unit that is meant for
    it, more for one that something dearer will wait for. crew: one person for each slot, together and at once; so its
    length is the least number of people. A nurse who may also drive fills one slot, not two.
    """

    giver: Giver
    units: Mapping[UnitKind, int] = field(default_factory=dict)
    places: frozenset[PlaceKind] = frozenset()
    crew: tuple[Slot, ...] = ()
    ambulance: bool = False  # the response norm of the ambulance counts, from the call to the arrival
    signals: bool = False  # goes with optical and sound signals when the class is A0 or A1

    @property
    def transports(self) -> bool:
        """Whether any unit that gives this care can take the patient along."""
        return any(kind in CAN_TRANSPORT for kind in self.units)


#: The units that can take a patient along. A rapid responder cannot: it and an ambulance are a chain of two units
#: (ambulancezorglimburg.nl, soloambulance; that it takes nobody along is general knowledge).
CAN_TRANSPORT: frozenset[UnitKind] = frozenset({UnitKind.ALS, UnitKind.MCA, UnitKind.CARE_AMBULANCE})


def _one_of(*competences: Competence) -> Slot:
    return tuple(frozenset({one}) for one in competences)


_C = Competence
_DRIVER = _one_of(_C.AMBULANCE_DRIVER)
_ALS_NURSE = _one_of(_C.AMBULANCE_NURSE, _C.NURSE_PRACTITIONER)
_MCA_NURSE = (*_one_of(_C.MCA_NURSE), *_ALS_NURSE)
_ATTENDANT = (*_one_of(_C.CARE_ATTENDANT), *_MCA_NURSE)
_ACUTE_GP_CARE: Slot = tuple(
    frozenset({one, _C.GP_ACUTE}) for one in (_C.AMBULANCE_NURSE, _C.NURSE_PRACTITIONER, _C.GP)
)

NEEDS: dict[Care, Need] = {
    # "bemand door een ambulancechauffeur en een ambulanceverpleegkundige", or VS/PA (ambulancezorglimburg.nl).
    Care.ALS: Need(Giver.UNIT, {UnitKind.ALS: 0}, crew=(_ALS_NURSE, _DRIVER), ambulance=True, signals=True),
    # A nurse who is not ambulance-specialised, and a driver, for stable patients of middle complexity. An ALS
    # ambulance can do it too, and is then missing for A1.
    Care.MCA: Need(Giver.UNIT, {UnitKind.MCA: 0, UnitKind.ALS: 1}, crew=(_MCA_NURSE, _DRIVER), ambulance=True),
    # An attendant of level 3-4 and a driver, for low complexity (ambulancezorg.nl, Sectorkompas 2016).
    Care.CARE_AMBULANCE: Need(
        Giver.UNIT,
        {UnitKind.CARE_AMBULANCE: 0, UnitKind.MCA: 1, UnitKind.ALS: 2},
        crew=(_ATTENDANT, _DRIVER),
        ambulance=True,
    ),
    # One ambulance nurse in a car or on a motorcycle, first on scene (ambulancezorglimburg.nl, "soloambulance").
    Care.RAPID: Need(
        Giver.UNIT,
        {UnitKind.RAPID: 0, UnitKind.RAPID_HAG: 1},
        crew=(_ALS_NURSE,),
        ambulance=True,
        signals=True,
    ),
    # An ambulance nurse in a rapid car under direction of the GP post, trained in acute GP medicine.
    Care.RAPID_HAG: Need(Giver.UNIT, {UnitKind.RAPID_HAG: 0, UnitKind.RAPID: 1}, crew=(_ACUTE_GP_CARE,), signals=True),
    # Nurse practitioner or physician assistant alone, for complex care on the spot.
    Care.NURSE_PRACTITIONER: Need(
        Giver.UNIT,
        {UnitKind.PRACTITIONER_CAR: 0, UnitKind.RAPID: 1},
        crew=(_one_of(_C.NURSE_PRACTITIONER),),
    ),
    # Alternatives for C1 in the pilots of zorgcoördinatie, without a crew in the source. One person who is certified.
    Care.GP_VISIT: Need(Giver.UNIT, {UnitKind.GP_CAR: 0}, crew=(_one_of(_C.GP),)),
    Care.DISTRICT_NURSE: Need(Giver.UNIT, {UnitKind.NURSE: 0}, crew=(_one_of(_C.DISTRICT_NURSE),)),
    Care.CRISIS_TEAM: Need(
        Giver.UNIT, {UnitKind.CRISIS_TEAM: 0}, crew=(_one_of(_C.PSYCHIATRIC_NURSE, _C.PSYCHIATRIST),)
    ),
    Care.HAP_APPOINTMENT: Need(Giver.PLACE, places=frozenset({PlaceKind.HAP})),
    # C2: a result, not a failure; it never gets a unit.
    Care.ADVICE: Need(Giver.CENTRE),
}


class Reach(NamedTuple):
    """How many can give a kind of care now, and how soon the first of them. None: not known."""

    able: int
    best_ms: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """One kind of care that can be chosen, with what speaks for it and whether anybody can give it now."""

    care: Care
    rule: str | None  # the id of the rule that was asked; None without an urgency
    reason: Reason
    another_choice: bool  # not named by the rule: choosing it takes a reason code
    able: int | None  # how many can give it now; None: the centre itself does
    best_ms: int | None  # the way of the first of them

    @property
    def possible(self) -> bool:
        """Whether anybody can give it now."""
        return self.able != 0


def options(
    rule: RoutingRule | None,
    *,
    urgency: Urgency | None,
    life_threat: bool | None,
    reach: Mapping[Care, Reach],
) -> tuple[Option, ...]:
    """The kinds of care, best first: the order of the region's rule, and after it what the rule does not name.

    Danger to life puts an ALS ambulance first, whatever the rule says. A kind of care that nobody can give now keeps
    its place: that it fits and cannot be had is what the region must know.
    """
    danger = is_danger_to_life(urgency, life_threat)
    first = (Care.ALS,) if danger else ()
    named = rule.care if rule else ()
    found = []
    for care in dict.fromkeys((*first, *named, *Care)):
        able, best_ms = reach.get(care, Reach(0, None))
        own = NEEDS[care].giver is Giver.CENTRE
        by, why = _told(care, rule, danger)
        found.append(
            Option(
                care=care,
                rule=by,
                reason=why,
                another_choice=care not in named and care not in first,
                able=None if own else able,
                best_ms=None if own else best_ms,
            )
        )
    return tuple(found)


def _told(care: Care, rule: RoutingRule | None, danger: bool) -> tuple[str | None, Reason]:
    """The rule that puts this care where it stands, and what it says."""
    if danger and care is Care.ALS:
        return LIFE_FIRST, Reason(DANGER_TO_LIFE)
    if rule is None:
        return None, Reason(WITHOUT_RULE)
    if care in rule.care:
        return rule.id, Reason("{reason}", {"reason": rule.reason})
    return rule.id, Reason(OTHERWISE, {"rule": rule.id})


def is_danger_to_life(urgency: Urgency | None, life_threat: bool | None) -> bool:
    """Whether life is in danger by the first question or by the urgency: what becomes A0 or A1 (our own proposal)."""
    return life_threat is True or urgency in (Urgency.U0, Urgency.U1)


def urgency_to_act_on(urgency: Urgency | None, life_threat: bool | None) -> Urgency | None:
    """The more urgent of what was triaged and what the first question said; never the lower of two."""
    if life_threat is True and (urgency is None or Urgency.U1.is_above(urgency)):
        return Urgency.U1
    return urgency


@lru_cache(maxsize=65_536)
def unfilled(care: Care, crew: tuple[frozenset[Competence], ...]) -> tuple[Slot, ...]:
    """The slots that this crew leaves open, each person filling one at most; none when the crew will do.

    `crew` is what each person on the unit is certified for now.
    """
    return min(_left_open(NEEDS[care].crew, crew), key=len)


def _left_open(slots: tuple[Slot, ...], crew: tuple[frozenset[Competence], ...]) -> list[tuple[Slot, ...]]:
    """What stays open in every way of dividing the crew over the slots. Crews are small, so every way is tried."""
    if not slots:
        return [()]
    first, rest = slots[0], slots[1:]
    ways = []
    for i, held in enumerate(crew):
        if any(wanted <= held for wanted in first):
            ways += _left_open(rest, crew[:i] + crew[i + 1 :])
    return ways or [(first, *left) for left in _left_open(rest, crew)]


def words_of(slot: Slot) -> tuple[Word, ...]:
    """What a slot asks for, in words: the first of its alternatives is the usual one."""
    return tuple(Word(one.label) for one in Competence if one in slot[0])
