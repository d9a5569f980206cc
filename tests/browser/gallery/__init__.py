"""A small world without care in it, in which every component of the screens is shown in every state.

It runs as a process of its own (`python -m gallery.serve`), with its own settings and its own clock.
"""
