"""Lengths of time in whole milliseconds.

Whole numbers add up the same in every order, so a replay is equal, not nearly equal.
"""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
