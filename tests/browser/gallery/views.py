"""The pages of the gallery."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import NamedTuple

from asgiref.sync import iscoroutinefunction
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.csrf import csrf_exempt

from gallery import clock
from gallery.world import MINUTE, world
from schakel.domain.reasons import Reason, Refused, Word
from schakel.domain.vocabulary import AmbulanceUrgency, Role, Source, Urgency

FULL = Reason(
    "{place} has no free bed; {promised} more are promised. Ask {level}.",
    {"place": "SEH Utrecht", "promised": 2, "level": Word("the lead of the centre")},
)


class SimpleSeat(NamedTuple):
    organisation: int
    role: Role


class SomePerson:
    """Somebody at the desk, without a table of people."""

    is_authenticated = True
    pk = 7

    def get_full_name(self) -> str:
        return "Fatma Yıldız"


@sync_and_async_middleware
def somebody(get_response):
    def dress(request):
        if not request.path.startswith("/account/") and "nobody" not in request.GET:
            request.user = SomePerson()
            request.viewer = SimpleNamespace(seats={SimpleSeat(1, Role.TRIAGIST)})

    if iscoroutinefunction(get_response):

        async def middleware(request):
            dress(request)
            return await get_response(request)
    else:

        def middleware(request):
            dress(request)
            return get_response(request)

    return middleware


def desk(request):
    asked_resync = request.headers.get("X-Schakel-Resync")
    if asked_resync and world.refuse:
        return HttpResponse(status=401)
    return render(
        request,
        "gallery/desk.html",
        {
            "live": {"url": "/live/?lists=queue,units,alarms", "seq": world.seq},
            "queue": world.rows("queue"),
            "units": world.rows("units"),
            "alarms": world.rows("alarms"),
            "full": FULL,
            "person": Source.PERSON,
            "feed": Source.FEED,
            "measured": clock.now_ms() - 12 * MINUTE,
            "fresh_until": clock.now_ms() + 48 * MINUTE,
            "stale_from": clock.now_ms() - MINUTE,
        },
    )


async def live(request):
    if world.refuse:
        return HttpResponse(status=401)
    response = StreamingHttpResponse(world.stream(), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt
async def control(request):
    """What a test wants to happen."""
    order = json.loads(request.body)
    match order.pop("do"):
        case "reset":
            world.hang_up()
            world.reset()
        case "put":
            silent, touched = order.pop("silent", False), order.pop("touched", None)
            name, ident = order.pop("list"), order.pop("ident")
            world.put(name, ident, **order)
            if silent:
                world.seq += 1
            else:
                world.tell(name, ident, touched)
        case "remove":
            world.lists[order["list"]].pop(order["ident"], None)
            world.tell(order["list"], order["ident"])
        case "hang up":
            world.hang_up()
        case "beats":
            world.beats = order["on"]
        case "refuse":
            world.refuse = order["on"]
        case "say":
            world.say(order.pop("event"), **order)
        case "clock":
            clock.set_to(order["now"], order["speed"])
    return JsonResponse({"seq": world.seq, "now": clock.now_ms(), "listeners": len(world.listeners)})


def parts(request):
    now = clock.now_ms()
    form = Request({"phone": "", "note": "Stairs, second floor"})
    form.is_valid()
    return render(
        request,
        "gallery/parts.html",
        {
            "urgencies": [*Urgency, *AmbulanceUrgency],
            "now": now,
            "hour_ago": now - 75 * MINUTE,
            "soon": now + MINUTE,
            "later": now + 26 * MINUTE,
            "past": now - 3 * MINUTE,
            "far": now + 50 * 60 * MINUTE,
            "stale_from": now - MINUTE,
            "full": FULL,
            "feed": Source.FEED,
            "person": Source.PERSON,
            "form": form,
            "both_changed": {
                "mine": "06-12345678",
                "theirs": "030-1234567",
                "before": "",
                "by": "Joris",
                "at": now - 20_000,
            },
            "notices": [
                {"kind": "refusal", "sentence": "SEH Utrecht has no free bed."},
                {"kind": "warning", "sentence": "The figure of HAP Soest is older than an hour."},
                {"kind": "success", "sentence": "Recorded."},
                {"kind": "info", "sentence": "Joris took over the follow-up.", "link": ("/", "Open")},
            ],
        },
    )


class Request(forms.Form):
    phone = forms.CharField(label="Call-back number", help_text="Ten digits, or + and the country.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    threat = forms.ChoiceField(
        label="Danger to life", choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    kind = forms.ChoiceField(label="Channel", choices=[("", "Choose"), ("phone", "Regional number")], required=False)
    secret = forms.CharField(label="Password", required=False, widget=forms.PasswordInput)


def form(request):
    bound = Request(request.POST or None)
    if request.method == "POST":
        if request.POST.get("phone") == "refuse":
            raise Refused(FULL)
        if request.POST.get("phone") == "forbid":
            raise PermissionDenied("Only the regiearts may do this.")
        if request.POST.get("phone") == "login":
            return redirect("account_login")
        if request.POST.get("phone") == "crash":
            raise RuntimeError("meant by a test")
        if bound.is_valid():
            messages.success(request, "Recorded.")
            return redirect("form")
    status = 422 if request.method == "POST" else 200
    template = "gallery/form_part.html" if request.htmx else "gallery/form.html"
    return render(request, template, {"form": bound}, status=status)


def phone(request):
    now = clock.now_ms()
    return render(
        request,
        "gallery/phone.html",
        {
            "live": {"url": "/live/?lists=queue", "seq": world.seq},
            "due": now + 9 * MINUTE,
            "received": now - 4 * MINUTE,
            "full": FULL,
        },
    )


def went_wrong(request, status: str):
    if status == "refused":
        raise Refused(FULL)
    if status == "403":
        raise PermissionDenied("Only the regiearts may do this.")
    return render(request, f"{status}.html", {"back": "/"}, status=400)


def touched(request):
    return HttpResponse(f"<p>Seen up to {world.seq}</p>")


def goto(request):
    return HttpResponse(f"<!doctype html><title>went</title><h1>Went to {int(request.GET['q'])}</h1>")


def outlines(request):
    def square(name, west, south, east, north):
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    features = [
        square("Utrecht", 5.0, 52.05, 5.2, 52.15),
        square("Amersfoort", 5.3, 52.12, 5.45, 52.22),
        square("Zeist", 5.2, 52.05, 5.3, 52.14),
        square("Wijk bij Duurstede", 5.28, 51.94, 5.42, 52.03),
        square("Nieuwegein", 5.03, 52.0, 5.13, 52.05),
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})
