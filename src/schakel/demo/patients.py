"""Invented patients: names that nobody has, streets that are nowhere, numbers that belong to no one.

The BSNs pass the eleven-test and lie in the range 9999xxxxx, which is not given out. Telephone numbers have the form
0xx 555 01 xx. No number is drawn twice, so that equal numbers mean the same caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from schakel.demo.chance import Chance
from schakel.demo.complaints import WORDS
from schakel.domain.codes import passes_eleven_test
from schakel.domain.region import Region, Zone
from schakel.domain.travel import Point, distance_km
from schakel.domain.vocabulary import Complaint, Urgency

FIRST = {
    "f": ("Annelies", "Bep", "Cisca", "Dirkje", "Elske", "Fardau", "Geesje", "Hiltje", "Imke", "Jannigje", "Khadija",
          "Loes", "Marijke", "Nurcan", "Oda", "Pleun", "Roos", "Saskia", "Truus", "Willemijn"),
    "m": ("Abel", "Bouke", "Cor", "Douwe", "Evert", "Freerk", "Gijs", "Harm", "Ibrahim", "Jelle", "Klaas", "Lieuwe",
          "Mehmet", "Nanne", "Otto", "Piet", "Rinus", "Sjoerd", "Teun", "Wiebe"),
}  # fmt: skip
LAST = ("Voorbeeldsma", "Verzonnen", "Van der Proef", "Fictieveld", "De Bedachte", "Nepstra", "Oefenga", "Schijnhof",
        "Testinga", "Van Zomaar", "Dummyhuis", "Denkbeeldstra", "Modelman", "Van Nergens", "Papierman",
        "Sprookjeshof")  # fmt: skip
STREETS = ("Proefveldlaan", "Verzonnenweg", "Oefenpad", "Voorbeeldstraat", "Luchtkasteellaan", "Nergenskade",
           "Bedenkplein", "Modelhof", "Schijnbeweging", "Papierdreef", "Droomlaan", "Demosingel")  # fmt: skip
RELATIONS = ("partner", "dochter", "zoon", "buurvrouw", "verzorgende", "voorbijganger")
PROFESSIONALS = (
    "huisarts",
    "ambulanceverpleegkundige",
    "wijkverpleegkundige",
    "SEH-arts",
    "specialist ouderengeneeskunde",
)
CHILDREN = (Complaint.FEVER_CHILD, Complaint.ABDOMINAL_PAIN_CHILD)
OLD = (Complaint.FALL_ELDERLY, Complaint.CARE_AT_HOME)
DAYS_IN_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody who needs care, and who calls for them."""

    name: str
    sex: str
    birth_date: str
    bsn: str
    zone: Zone
    point: Point
    street: str
    house_number: str
    postcode: str
    telephone: str
    caller: str
    relation: str
    complaint: Complaint
    urgency: Urgency  # what a good triage finds
    words: str

    @property
    def story(self) -> str:
        """What the caller says first, for a person to write down."""
        who = f"{self.caller or self.name}{f' ({self.relation})' if self.relation else ''}"
        about = f" over {self.name}" if self.caller else ""
        return f"Met {who}{about}, {self.street} {self.house_number} in {self.zone.name}. {self.words}"


class Patients:
    """Draws patients over the region by where people live."""

    def __init__(self, region: Region, chance: Chance) -> None:
        self.region, self.chance = region, chance
        self._upto = list(accumulate(zone.inhabitants for zone in region.zones))
        self._numbers = 0
        self._bsn = chance.random.randrange(100_000)
        self._telephone = chance.random.randrange(9_000)

    def one(self, urgency: Urgency, complaint: Complaint, today: date, *, professional: bool) -> Patient:
        """Somebody with this complaint."""
        chance = self.chance
        sex = chance.weighed({"f": 52, "m": 47, "x": 1})
        zone = chance.random.choices(self.region.zones, cum_weights=self._upto)[0]
        low, high = (0.6, 9) if complaint in CHILDREN else (76, 98) if complaint in OLD else (14, 94)
        born = today - timedelta(days=int(chance.random.uniform(low, high) * DAYS_IN_YEAR))
        other = chance.happens(0.45)
        relation = chance.among(PROFESSIONALS) if professional else chance.among(RELATIONS) if other else ""
        return Patient(
            name=self._name(sex),
            sex=sex,
            birth_date=born.isoformat(),
            bsn=self._next_bsn(),
            zone=zone,
            point=Point(zone.point.lat + chance.random.gauss(0, 0.006), zone.point.lon + chance.random.gauss(0, 0.009)),
            street=chance.among(STREETS),
            house_number=str(chance.random.randrange(1, 240)),
            postcode=f"{self._pc4(zone)} {chance.among('ABCDEGHJKLMNPRSTVWXZ')}{chance.among('ABCEGHJKLMNPRTVWXZ')}",
            telephone=self._next_telephone(),
            caller=self._name(chance.among("fm")) if relation else "",
            relation=relation,
            complaint=complaint,
            urgency=urgency,
            words=chance.among(WORDS[complaint]),
        )

    def _name(self, sex: str) -> str:
        first = FIRST.get(sex) or FIRST["f"]
        return f"{self.chance.among(first)} {self.chance.among(LAST)}"

    def _next_bsn(self) -> str:
        while True:
            self._bsn = (self._bsn + 7_919) % 100_000
            digits = f"9999{self._bsn:05}"
            if passes_eleven_test(digits):
                return digits

    def _next_telephone(self) -> str:
        """0xx 555 01 xx: nine thousand numbers, each of them once before the first comes back."""
        self._telephone = (self._telephone + 4_001) % 9_000
        area, line = divmod(self._telephone, 100)
        return f"0{area // 10 + 1}{area % 10}55501{line:02}"

    def _pc4(self, zone: Zone) -> str:
        return min(self.region.bases, key=lambda base: distance_km(base.point, zone.point)).pc4
