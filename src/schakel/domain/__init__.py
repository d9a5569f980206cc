"""What is true: the words and rules of acute care coordination, in the standard library alone.

Nothing here knows of a database, a server, a screen or the time of day. Time is an argument,
in whole milliseconds since 1970-01-01T00:00Z.
"""
