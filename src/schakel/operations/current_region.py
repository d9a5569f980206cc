"""The region that this centre serves: read once from its file, kept in memory."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from schakel.domain.region import Region, find, load


@lru_cache(maxsize=1)
def region() -> Region:
    """The region named by SCHAKEL_REGION."""
    return load(find(settings.REGION))
