"""Middleware: who looks. `request.viewer` is the person with the roles that are valid at this moment."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from schakel.operations import clock
from schakel.operations.room import viewer_of


@sync_and_async_middleware
def viewing(get_response: Callable) -> Callable:
    """Set `request.viewer`, looked up when first asked for, once per request."""

    def set_viewer(request: HttpRequest) -> None:
        request.viewer = SimpleLazyObject(lambda: viewer_of(request.user, clock.now_ms()))  # type: ignore[attr-defined]

    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            set_viewer(request)
            return await get_response(request)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        set_viewer(request)
        return get_response(request)

    return synchronous
