"use strict";
// The page: reads the plan, makes the views, and ties them together.

/** The plan of the page with what the views need: places on the map, numbers, titles. */
function readPlan() {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  plan.projection = new Projection(plan.origin);
  const place = (position) => (position ? plan.projection.place(position) : null);
  plan.routes.forEach((route, index) => {
    route.index = index;
    route.start = route.stops[0].arrival;
    route.end = route.stops.at(-1).departure;
    let number = 0;
    route.stops.forEach((stop, i) => {
      stop.index = i;
      stop.number = stop.kind === "order" ? (number += 1) : null;
      stop.xy = place(stop.place);
      stop.haltXy = place(stop.halt);
      stop.title = titleOf(stop);
    });
    route.count = number;
    route.straight = !route.line;
    route.lines = route.line ? decodeLines(route.line, plan.projection) : straightLines(route.stops);
  });
  plan.unassigned.forEach((order, index) => {
    order.index = index;
    order.xy = place(order.place);
    order.title = titleOf(order);
  });
  plan.depots = findDepots(plan);
  plan.hasMap = plan.box !== null;
  if (plan.hasMap) {
    const [west, north] = place([plan.box[0], plan.box[3]]);
    const [east, south] = place([plan.box[2], plan.box[1]]);
    plan.box = [west, north, east, south];
  }
  plan.placeOf = (thing) => {
    if (thing?.kind === "stop") return plan.routes[thing.route].stops[thing.stop].xy;
    if (thing?.kind === "unassigned") return plan.unassigned[thing.index].xy;
    if (thing?.kind === "depot") return plan.depots[thing.index].xy;
    return null;
  };
  const shared = new Map();
  for (const route of plan.routes) {
    for (const { number, place: at } of route.stops) if (number !== null && at) shared.set(String(at), (shared.get(String(at)) ?? 0) + 1);
  }
  plan.sharing = (stop) => (stop.number === null || !stop.place ? 0 : shared.get(String(stop.place)));
  return plan;
}

/** The id, with the name that the file gives. */
function titleOf(thing) {
  if (thing.id === null) return thing.kind;
  const { name } = thing.properties;
  return name && name !== thing.id ? `${thing.id} · ${name}` : thing.id;
}

/** One straight line through the places of the stops, where the plan has no way on roads. */
function straightLines(stops) {
  const places = stops.filter((stop) => stop.xy).flatMap((stop) => stop.xy);
  return places.length > 2 ? [Float64Array.from(places)] : [];
}

/** Where routes start and end, each place once. */
function findDepots(plan) {
  const depots = new Map();
  for (const route of plan.routes) {
    for (const stop of route.stops) {
      if (!["start", "reload", "end"].includes(stop.kind) || !stop.xy) continue;
      const key = String(stop.place);
      if (!depots.has(key)) depots.set(key, { index: depots.size, xy: stop.xy, title: stop.id === null ? "start or end of a route" : stop.title, properties: stop.properties, routes: new Set() });
      depots.get(key).routes.add(route.index);
    }
  }
  return [...depots.values()];
}

function showHeading(plan) {
  document.getElementById("title").textContent = plan.title;
  document.getElementById("subtitle").textContent = plan.subtitle;
  const { summary } = plan;
  const figures = [
    ["orders served", `${numberText(summary.served, 0)} of ${numberText(summary.served + summary.unassigned, 0)}`],
    ["vehicles used", numberText(summary.vehicles, 0)],
    ["distance", distanceText(plan, summary.distance)],
    ["on duty", durationText(plan, summary.duration)],
    ["driving", durationText(plan, summary.driving)],
    ["waiting", durationText(plan, summary.waiting)],
    ["cost", numberText(summary.cost, 2)],
  ];
  for (const [name, value] of figures) document.getElementById("figures").append(element("div", {}, element("dd", {}, value), element("dt", {}, name)));
}

/** The signs of map and timeline, drawn as they are drawn there. */
function showLegends(plan) {
  const sign = (draw, text) => {
    const svg = svgElement("svg", { viewBox: "0 0 28 18", width: 28, height: 18, "aria-hidden": "true" });
    for (const [tag, attributes] of draw) svg.append(svgElement(tag, attributes));
    return element("span", { class: "sign" }, svg, text);
  };
  document.getElementById("timeline-legend").append(
    sign([["path", { class: "drive", d: "M1 7h26v4h-26z" }]], "drives"),
    sign([["path", { class: "service", d: "M6 2h16v14h-16z" }]], "serves"),
    sign([["path", { class: "wait", d: "M2 5h24v8h-24z" }]], "waits"),
    sign([["path", { class: "window", d: "M6 4h-3v10h3M22 4h3v10h-3M3 9h22" }]], "window"),
  );
  if (!plan.hasMap) return;
  const items = [
    sign([["circle", { cx: 14, cy: 9, r: 8, class: "sign-stop" }]], "stop, in the colour of its vehicle"),
    sign([["path", { class: "sign-depot", d: "M6 1h16v16h-16z" }]], "depot, start or end"),
  ];
  if (plan.unassigned.some((order) => order.xy)) items.push(sign([["path", { class: "sign-open", d: "M14 0l9 9-9 9-9-9z" }]], "unassigned order"));
  const straight = plan.routes.some((route) => route.straight);
  const ways = plan.routes.some((route) => !route.straight);
  if (ways) items.push(sign([["path", { class: "sign-way", d: "M1 9h26" }], ["path", { class: "sign-head", d: "M19 9l-8 -5 2 5-2 5z" }]], "way and direction"));
  if (straight) items.push(sign([["path", { class: "sign-way straight", d: "M1 9h26" }]], "order of stops, not the way"));
  document.getElementById("legend-items").append(...items);
  if (!plan.all_roads) document.getElementById("legend-items").append(element("span", { class: "sign" }, "small roads are left out"));
  document.getElementById("legend").open = window.innerWidth > 900 && window.innerHeight > 700;
}

/** Light or dark as the device has it, until the button says otherwise. */
function followTheme(redraw) {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    root.dataset.theme = root.dataset.chosen ?? (dark.matches ? "dark" : "light");
    redraw();
  };
  dark.addEventListener("change", apply);
  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.chosen = root.dataset.theme === "dark" ? "light" : "dark";
    apply();
  });
  apply();
  return apply;
}

/** On paper: light, everything open, the map as wide as the sheet. */
function preparePrint(lists, redraw, apply) {
  window.addEventListener("beforeprint", () => {
    document.documentElement.dataset.theme = "light";
    lists.openAll();
    redraw();
  });
  window.addEventListener("afterprint", apply);
}

function main() {
  const plan = readPlan();
  const state = new State(plan);
  showHeading(plan);
  showLegends(plan);
  document.getElementById("page").classList.toggle("without-map", !plan.hasMap);
  const map = plan.hasMap ? new MapView(plan, state, document.getElementById("canvas")) : null;
  if (map) new Pointer(map);
  const timeline = new Timeline(plan, state, document.getElementById("rows"));
  const lists = new Lists(plan, state);
  new Card(plan, state, map);
  const redraw = () => map?.draw();
  const apply = followTheme(redraw);
  preparePrint(lists, redraw, apply);
  if (map) {
    document.getElementById("attribution").textContent = plan.attribution;
    document.getElementById("zoom-in").addEventListener("click", () => map.zoom(1.6));
    document.getElementById("zoom-out").addEventListener("click", () => map.zoom(1 / 1.6));
    document.getElementById("fit").addEventListener("click", () => map.fit());
    state.onChange((what) => {
      if (what === "select" && state.selected) showOnMap(plan, map, state.selected);
      map.later();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") state.select(null);
    else if (event.key === "ArrowRight") state.step(1);
    else if (event.key === "ArrowLeft") state.step(-1);
  });
  return { plan, state, map, timeline, lists };
}

/** A place that is selected comes into view; a route that is selected fills the map. */
function showOnMap(plan, map, thing) {
  const place = plan.placeOf(thing);
  if (place) map.show(place);
  else if (thing.kind === "route") {
    const { lines, stops } = plan.routes[thing.route];
    const box = MapView.box([...lines, ...stops.filter((stop) => stop.xy).map((stop) => stop.xy)]);
    if (Number.isFinite(box[0])) {
      map.resize(); // the timeline has just taken its share of the window
      map.fit(box);
      map.moved = true;
    }
  }
}

// in reach of the browser's console
const views = main();
