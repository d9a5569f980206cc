"""Schakel: the working system of a Dutch regional care coordination centre."""
