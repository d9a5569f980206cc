"""The stream of server-sent events that keeps a page live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from schakel.screens.lists import LISTS
from schakel.screens.tide import Watcher, tide


async def live(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Open a stream. ``lists``: the lists of the page, separated by commas; ``since``: the seq it was made at."""
    person, session = await sync_to_async(_who)(request)
    if person is None or session is None:
        return JsonResponse({"sentence": _("Log in to see this.")}, status=401)
    names = tuple(name for name in request.GET.get("lists", "").split(",") if name)
    since = request.GET.get("since", "0")
    unknown = [name for name in names if name not in LISTS]
    if unknown or not (since.isascii() and since.isdigit()) or len(since) > 15:
        sentence = _("Expected lists of this centre and a whole number since; came {lists} and {since}.").format(
            lists=", ".join(names)[:200], since=since[:40]
        )
        return JsonResponse({"sentence": sentence}, status=400)
    watcher = Watcher(
        person=person,
        session=session,
        lists=names,
        language=get_language() or "nl",
        loop=asyncio.get_running_loop(),
        queue=asyncio.Queue(),
        seq=int(since),
    )
    response = StreamingHttpResponse(_messages(watcher), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _who(request: HttpRequest) -> tuple[int | None, str | None]:
    """The person and session behind the request. A stream lives for hours: it keeps no connection to the database."""
    try:
        return request.user.pk, request.session.session_key
    finally:
        if not connection.in_atomic_block:
            connection.close()


async def _messages(watcher: Watcher) -> AsyncIterator[str]:
    tide.join(watcher)
    try:
        while (message := await watcher.queue.get()) is not None:
            yield message
    finally:
        tide.leave(watcher)
