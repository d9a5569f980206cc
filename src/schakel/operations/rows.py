"""Rows that are folds of the journal: how a state of the domain and a row of a table are one thing."""

from __future__ import annotations

from dataclasses import fields
from typing import ClassVar

from django.db import models

from schakel.domain.events import Subject
from schakel.domain.states import STATES, State


class StateRow(models.Model):
    """A row whose columns of the same name are the fields of a state. Only `journal.record` changes those."""

    subject: ClassVar[Subject]

    class Meta:
        abstract = True

    @classmethod
    def state_fields(cls) -> tuple[str, ...]:
        """The names of the columns that the journal decides."""
        return tuple(field.name for field in fields(STATES[cls.subject]))

    @property
    def state(self) -> State:
        """What the row knows, as the domain's own state."""
        return STATES[self.subject](**{name: getattr(self, self.column(name)) for name in self.state_fields()})

    def take(self, state: State) -> list[str]:
        """Set the columns to the state, and name those that changed."""
        changed = []
        for name in self.state_fields():
            column = self.column(name)
            value = getattr(state, name)
            if getattr(self, column) != value:
                setattr(self, column, value)
                changed.append(column)
        return changed

    @classmethod
    def column(cls, name: str) -> str:
        """The attribute that holds the plain value: `owner_id` where the column is a foreign key."""
        return cls._meta.get_field(name).attname
