"""Bring the reference tables in line with the region file: partners, places, units. Doing it twice changes nothing.

What is no longer in the file is retired, never deleted: its history stays readable.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import models, transaction

from schakel.accounts.models import Organisation
from schakel.domain.region import Region
from schakel.operations.models import JournalHead, Place, Unit


@transaction.atomic
def load(region: Region) -> Counter[str]:
    """Write the region into the tables. Gives how many rows were made, changed and retired."""
    count: Counter[str] = Counter()
    JournalHead.objects.get_or_create(pk=1)
    owner = {}
    for partner in region.organisations:
        told = {"name": partner.name, "kind": partner.kind}
        if partner.telephone is not None:  # else what the administrator keeps stays
            told["telephone"] = partner.telephone
        owner[partner.id] = _write(count, Organisation, {"code": partner.id}, **told)
    for place in region.places:
        _write(
            count,
            Place,
            {"code": place.id},
            name=place.name,
            organisation=owner[place.owner],
            kind=place.kind,
            base_lat=place.point.lat,
            base_lon=place.point.lon,
            shelf_life=place.shelf_life_ms,
            retired=False,
        )
    for unit in region.units:
        base = region.base[unit.base]
        _write(
            count,
            Unit,
            {"callsign": unit.callsign},
            organisation=owner[unit.organisation],
            kind=unit.kind,
            base_name=base.name,
            base_lat=base.point.lat,
            base_lon=base.point.lon,
            retired=False,
        )
    gone_units = Unit.objects.filter(retired=False).exclude(callsign__in=[unit.callsign for unit in region.units])
    gone_places = Place.objects.filter(retired=False).exclude(code__in=[place.id for place in region.places])
    count["retired"] = gone_units.update(retired=True) + gone_places.update(retired=True)
    return count


def _write(count: Counter[str], table: type[models.Model], key: dict[str, Any], **values: Any) -> Any:
    row, made = table._default_manager.get_or_create(**key, defaults=values)
    if made:
        count["made"] += 1
    elif changed := [name for name, value in values.items() if getattr(row, name) != value]:
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=changed)
        count["changed"] += 1
    else:
        count["unchanged"] += 1
    return row
