"""The demonstration world: simulated callers, crews, colleagues and partners.

They act through the same actions as people do, and know what happens by reading the journal, as a screen does. So
a person can take any seat and work among them. Everybody in it is invented, and marked as such.
"""
