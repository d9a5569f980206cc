"""The rows of the gallery and the stream that tells of them. A test changes them through `/control/`."""

from __future__ import annotations

import asyncio
import json
from typing import ClassVar

from django.template.loader import render_to_string

from gallery import clock

MINUTE = 60_000


class World:
    """Two lists, one journal of numbers, and everybody who listens."""

    listeners: ClassVar[set[asyncio.Queue]] = set()

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.seq = 100
        self.beats = True
        self.refuse = False
        self.slow = 0.0
        clock.set_to(clock.START_MS)
        now = clock.START_MS
        self.lists: dict[str, dict[str, dict]] = {"queue": {}, "units": {}, "alarms": {}}
        for number, urgency, complaint, place, ago, left in (
            (4, "U1", "Chest pain", "Zeist, Slotlaan", 3, 12),
            (2, "U2", "Short of breath", "Utrecht, Overvecht", 11, -2),
            (7, "U2", "Psychiatric crisis", "Amersfoort, Schothorst", 6, 4),
            (1, "U3", "Fall, elderly person", "Soest", 64, 56),
            (9, "U4", "Fever, child", "Nieuwegein", 92, 28),
            (3, "U5", "Care at home no longer holds", "Wijk bij Duurstede", 1530, 600),
        ):
            self.put("queue", f"request-{number}", urgency=urgency, complaint=complaint, place=place,
                     received=now - ago * MINUTE, due=now + left * MINUTE)  # fmt: skip
        for name, kind, status, mark, lat, lon, ago in (
            ("09-121", "ALS ambulance", "available", "done", 52.09, 5.12, 1),
            ("09-134", "Medium care ambulance", "under way", "under_way", 52.15, 5.38, 1),
            ("HAP-2", "Visiting GP", "on scene", "on_scene", 52.03, 5.08, 14),
            ("GGZ-1", "Crisis team", "rest break", "paused", 51.97, 5.34, 3),
        ):
            self.put("units", f"unit-{name}", name=name, kind=kind, status=status, mark=mark, lat=lat, lon=lon,
                     position_at=now - ago * MINUTE, stale_at=now + (5 - ago) * MINUTE)  # fmt: skip
        self.put("alarms", "alarm-1", text="Request 2 is past its deadline and has no unit.", since=now - 2 * MINUTE)

    def put(self, name: str, ident: str, /, **facts: object) -> None:
        row = self.lists[name].setdefault(ident, {"id": ident, "number": ident.split("-", 1)[1]})
        row.update(facts)
        if name == "queue":
            row["sort"] = f"{row['urgency']}-{row['due']:015d}"
        else:
            row["sort"] = ident

    def rows(self, name: str) -> list[dict]:
        return sorted(self.lists[name].values(), key=lambda row: (row["sort"], row["id"]))

    def html(self, name: str, ident: str) -> str | None:
        row = self.lists[name].get(ident)
        return render_to_string(f"gallery/row_{name}.html", {"row": row}).strip() if row else None

    def tell(self, name: str, ident: str, touched: list[str] | None = None) -> None:
        """One more event: the row as it is now, to everybody who listens."""
        self.seq += 1
        row = self.lists[name].get(ident)
        part = {"list": name, "id": ident, "sort": row["sort"] if row else "", "html": self.html(name, ident)}
        self._send(
            "tide",
            {"seq": self.seq, "previous": self.seq - 1, "now": clock.now_ms(), "rows": [part],
             "touched": [ident] if touched is None else touched},
        )  # fmt: skip

    def say(self, event: str, **data: object) -> None:
        self._send(event, {"seq": self.seq, "now": clock.now_ms(), **data})

    def hang_up(self) -> None:
        for queue in self.listeners:
            queue.put_nowait(None)

    def _send(self, event: str, data: dict) -> None:
        for queue in self.listeners:
            queue.put_nowait(f"event: {event}\ndata: {json.dumps(data)}\n\n")

    async def stream(self):
        queue: asyncio.Queue = asyncio.Queue()
        self.listeners.add(queue)
        hello = {"seq": self.seq, "now": clock.now_ms(), "speed": clock.speed()}
        try:
            yield f"event: hello\ndata: {json.dumps(hello)}\n\n"
            while True:
                try:
                    piece = await asyncio.wait_for(queue.get(), timeout=1)
                except TimeoutError:
                    if self.beats:
                        beat = {"seq": self.seq, "now": clock.now_ms()}
                        yield f"event: beat\ndata: {json.dumps(beat)}\n\n"
                    continue
                if piece is None:
                    return
                yield piece
        finally:
            self.listeners.discard(queue)


world = World()
