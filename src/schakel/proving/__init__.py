"""Proofs about a triage protocol: what it can never do, or the patient for whom it would.

`prove` asks an SMT solver (z3) the properties P1 to P9 of a protocol, for every patient and every answer at once;
`difference` compares two versions (P10). What is proved is a property of the protocol as written and of the engine
as described in `encoding`, which tests compare with the engine itself. That a rule is medically right is not
proved: a protocol here is not clinically validated and not a certified medical device.
"""

from schakel.proving.failure import Failure, Property, in_words, with_outcome
from schakel.proving.prove import Proved, proofs, prove

__all__ = ["Failure", "Property", "Proved", "in_words", "proofs", "prove", "with_outcome"]
