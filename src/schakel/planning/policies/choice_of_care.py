"""Which care: the first that fits and that somebody can give now.

What fits, and in which order, is the domain's to say (`fitting_care.options`): the region's rule for this urgency and
complaint, and an ALS ambulance before all where life is in danger. When nobody can give any of it, the patient waits
for what fits best.
"""

from __future__ import annotations

from collections.abc import Sequence

from schakel.domain.fitting_care import Option
from schakel.domain.vocabulary import Care


def first_possible(options: Sequence[Option]) -> Care:
    """The care to choose. What the rule does not name is not chosen; a person may, with a reason."""
    fitting = [option for option in options if not option.another_choice]
    assert fitting, "a rule names some care"
    return next((option.care for option in fitting if option.possible), fitting[0].care)
