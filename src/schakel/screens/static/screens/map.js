// The map of the region: areas first, names where one looks for them, marks on top. No tiles from elsewhere.
//
// <div data-map data-outlines="/areas.geojson" data-marks-from="queue units">. A mark is read from each row with
// data-lat, data-lon, data-mark (unit | request | place), data-label and data-shape (a name in shapes.svg); a row with
// data-position-at and data-position-stale-at shows the age of its position, grey when stale. After a move by hand the
// map stays where it was put, also after a reload; it fits itself again only when asked.
import * as clock from "./clock.js";
import { duration } from "./timers.js";
import { say } from "./words.js";

const L = globalThis.L;

function svg(shape) {
  const image = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  image.setAttribute("class", "icon shape");
  image.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.shapes}#${shape}`);
  image.append(use);
  return image;
}

function drawing(row, now) {
  const { mark = "place", label = "", shape = "place", positionAt, positionStaleAt } = row.dataset;
  const box = document.createElement("div");
  const stale = Boolean(positionStaleAt) && now >= Number(positionStaleAt);
  box.className = `mark ${mark} ${shape.toLowerCase()}${stale ? " stale" : ""}`;
  const text = document.createElement("span");
  text.textContent = label;
  box.append(svg(shape.toLowerCase()), text);
  if (stale) {
    const age = document.createElement("small");
    age.textContent = duration(now - Number(positionAt));
    box.append(age);
    box.title = say("map_age", { label, age: age.textContent });
  }
  return box;
}

function centre(feature, layer) {
  const { label_lat: lat, label_lon: lon } = feature.properties ?? {};
  return lat !== undefined && lon !== undefined ? L.latLng(lat, lon) : layer.getBounds().getCenter();
}

function start(element) {
  const kept = `schakel.map.${location.pathname}#${element.id}`;
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.25,
    zoomAnimation: !reduced,
    fadeAnimation: false,
    markerZoomAnimation: !reduced,
    inertia: !reduced,
    keyboardPanDelta: 60,
  });
  L.control.zoom({ zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(map);
  if (element.dataset.attribution) {
    L.control.attribution({ prefix: false }).addAttribution(element.dataset.attribution).addTo(map);
  }
  const marks = new Map();
  let areas = null;
  let ours = false; // we are moving it ourselves
  let byHand = false;
  const moved = element.closest(".map-frame")?.querySelector("[data-map-moved]");

  const setByHand = (value) => {
    byHand = value;
    element.dataset.moved = String(value);
    if (moved) moved.hidden = !value;
  };

  function fit() {
    const bounds = areas?.getBounds();
    const all = bounds?.isValid() ? bounds : L.latLngBounds([...marks.values()].map(({ marker }) => marker.getLatLng()));
    if (!all.isValid()) return;
    ours = true;
    map.fitBounds(all, { padding: [12, 12], animate: false });
    ours = false;
  }

  function keep() {
    const { lat, lng } = map.getCenter();
    sessionStorage.setItem(kept, JSON.stringify([lat, lng, map.getZoom()]));
  }

  const before = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  ours = true;
  if (before) map.setView([before[0], before[1]], before[2], { animate: false });
  else map.setView([52.1, 5.2], 9, { animate: false });
  ours = false;
  setByHand(Boolean(before));

  map.on("movestart zoomstart", () => {
    if (!ours) setByHand(true);
  });
  map.on("moveend zoomend", () => {
    if (byHand) keep();
  });
  map.on("zoomend", () => element.classList.toggle("far", map.getZoom() < 9));

  function draw() {
    const now = clock.now();
    const seen = new Set();
    for (const name of (element.dataset.marksFrom ?? "").split(/[\s,]+/).filter(Boolean)) {
      for (const row of document.querySelectorAll(`[data-list="${CSS.escape(name)}"] > [data-lat][data-lon]`)) {
        const at = [Number(row.dataset.lat), Number(row.dataset.lon)];
        if (row.hidden || !row.dataset.lat || !at.every(Number.isFinite)) continue;
        const id = `${name}/${row.id}`;
        seen.add(id);
        const box = drawing(row, now);
        const known = marks.get(id);
        const html = box.outerHTML;
        if (!known) {
          const icon = L.divIcon({ html: box, className: "mark-place", iconSize: null });
          const marker = L.marker(at, { icon, keyboard: false, zIndexOffset: row.dataset.mark === "request" ? 1000 : 0 });
          marker.on("click", () => focusRow(row.id));
          marker.addTo(map);
          marks.set(id, { marker, html, at: String(at) });
          continue;
        }
        if (known.at !== String(at)) known.marker.setLatLng(at);
        if (known.html !== html) known.marker.getElement()?.replaceChildren(box);
        Object.assign(known, { html, at: String(at) });
      }
    }
    for (const [id, { marker }] of marks) {
      if (seen.has(id)) continue;
      marker.remove();
      marks.delete(id);
    }
  }

  function focusRow(id) {
    const row = document.getElementById(id);
    row?.querySelector("a[href], button")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  // The row that has the focus stands out on the map; the map itself stays where it is.
  document.addEventListener("focusin", (event) => {
    for (const [id, { marker }] of marks) {
      const row = document.getElementById(id.split("/").slice(1).join("/"));
      marker.getElement()?.classList.toggle("focused", Boolean(row?.contains(event.target)));
    }
  });

  async function outlines() {
    if (!element.dataset.outlines) return;
    const response = await fetch(element.dataset.outlines, { credentials: "same-origin" });
    if (!response.ok) return;
    areas = L.geoJSON(await response.json(), {
      interactive: false,
      style: { className: "area", weight: 1 },
      pointToLayer: (feature, at) => L.marker(at, { icon: nameOf(feature), keyboard: false, interactive: false, zIndexOffset: -10000 }),
      onEachFeature: (feature, layer) => {
        if (!layer.getBounds || !feature.properties?.name) return;
        L.marker(centre(feature, layer), { icon: nameOf(feature), keyboard: false, interactive: false, zIndexOffset: -10000 }).addTo(map);
      },
    }).addTo(map);
    if (!byHand) fit();
  }

  function nameOf(feature) {
    const name = document.createElement("span");
    name.textContent = feature.properties?.name ?? "";
    return L.divIcon({ html: name, className: "area-name", iconSize: null });
  }

  for (const button of document.querySelectorAll(`[data-map-refit="${CSS.escape(element.id)}"]`)) {
    button.addEventListener("click", () => {
      fit();
      setByHand(false);
      sessionStorage.removeItem(kept);
    });
  }
  document.addEventListener("schakel:rows", draw);
  setInterval(draw, 5000);
  draw();
  outlines().then(() => {
    if (!areas && !byHand) fit();
  });
  element.schakelMap = map;
}

for (const element of document.querySelectorAll("[data-map]")) start(element);
