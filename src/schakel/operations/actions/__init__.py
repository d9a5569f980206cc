"""The only place where anything changes: an action locks, asks, records.

Every action is keyword-only, one transaction, and says `by` whom and `at` what moment (ms). It
raises `Refused` with a sentence when it cannot be, and then nothing has changed. With a `key` it
happens once, however often it comes.
"""
