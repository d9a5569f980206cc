"""What a field may tell about a person: every field of every table declares one of these.

A test fails for a field that does not say (tests/unit/test_privacy_declarations.py).
"""

from __future__ import annotations

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Term


class Privacy(Term):
    """How near a value is to a person."""

    NONE = "none", _("tells nothing about a person")
    PSEUDONYM = "pseudonym", _("a key or code that can be led back to a person with another table")
    PATIENT = "patient", _("tells who a patient is, or what a patient has")
    STAFF = "staff", _("tells who a colleague is, or what a colleague did")
    SECRET = "secret", _("opens a door: never shown, never logged")
