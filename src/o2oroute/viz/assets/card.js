"use strict";
// The card: what is known of the thing in focus, beside the pointer or the place on the map.

const PROPERTIES_SHOWN = 12;

class Card {
  constructor(plan, state, map) {
    this.plan = plan;
    this.state = state;
    this.map = map;
    this.card = document.getElementById("card");
    this.pointer = [0, 0];
    document.addEventListener("pointermove", (event) => {
      this.pointer = [event.clientX, event.clientY];
      if (state.hovered) this.place();
    });
    state.onChange(() => this.update());
    if (map) map.onDraw = () => this.place();
  }

  update() {
    const thing = this.state.focus();
    // the lists and rows that are pointed at say it themselves; a route is told by its row
    const shown = thing && thing.kind !== "route";
    this.card.hidden = !shown;
    if (!shown) return;
    this.card.replaceChildren(...this.content(thing).filter(Boolean));
    this.card.classList.toggle("pinned", !this.state.hovered);
    this.place();
  }

  content(thing) {
    if (thing.kind === "stop") return this.stop(this.plan.routes[thing.route], this.plan.routes[thing.route].stops[thing.stop]);
    if (thing.kind === "unassigned") return this.unassigned(this.plan.unassigned[thing.index]);
    return this.depot(this.plan.depots[thing.index]);
  }

  stop(route, stop) {
    const time = (seconds) => clockText(this.plan, seconds);
    const facts = [];
    if (stop.kind === "end") facts.push(["arrives", time(stop.arrival)]);
    else if (stop.kind === "start") facts.push(["leaves", time(stop.departure)]);
    else {
      facts.push(["arrives", time(stop.arrival)]);
      if (stop.waiting > 0) facts.push(["waits", durationText(this.plan, stop.waiting)]);
      facts.push(["serves", `${time(stop.start)}–${time(stop.departure)} (${durationText(this.plan, stop.service)})`]);
    }
    if (stop.windows.length) facts.push(["window", windowsText(this.plan, stop.windows)]);
    if (lateness(stop)) facts.push(["too late by", element("strong", { class: "late" }, durationText(this.plan, lateness(stop)))]);
    const load = Object.entries(stop.load).map(([unit, amount]) => `${numberText(amount, 3)} ${unit}`);
    if (load.length) facts.push(["then on board", load.join(", ")]);
    const here = this.plan.sharing(stop);
    if (here > 1) facts.push(["here", `${here} stops; press again for the next`]);
    const place = stop.number === null ? stop.kind : `stop ${stop.number} of ${route.count}`;
    return [this.title(stop.title, `${route.vehicle} · ${place}`, route), this.facts(facts), this.properties(stop.properties)];
  }

  unassigned(order) {
    const reasons = order.reasons.slice(0, REASONS_SHOWN).map((reason) => element("li", {}, reason));
    return [this.title(order.title, `unassigned · ${KINDS[order.kind] ?? "no reasons were looked for"}`), element("ul", {}, ...reasons), this.properties(order.properties)];
  }

  depot(depot) {
    const text = depot.routes.size === 1 ? "1 route" : `${depot.routes.size} routes`;
    return [this.title(depot.title, `depot · ${text}`), this.properties(depot.properties)];
  }

  title(text, under, route = null) {
    return element("div", { class: "card-title" }, route ? swatch(route) : null, element("div", {}, element("strong", {}, text), element("span", {}, under)));
  }

  facts(facts) {
    return element("dl", {}, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  }

  properties(properties) {
    const entries = Object.entries(properties).slice(0, PROPERTIES_SHOWN);
    return entries.length ? this.facts(entries.map(([name, value]) => [name, shorten(value, 200)])) : null;
  }

  /** Beside the place on the map if it is selected, else beside the pointer; always inside the window. */
  place() {
    if (this.card.hidden) return;
    let [x, y] = this.pointer;
    const thing = this.state.focus();
    const at = this.plan.placeOf(thing);
    if (!this.state.hovered && at && this.map) {
      const box = this.map.canvas.getBoundingClientRect();
      const [mapX, mapY] = this.map.toScreen(at[0], at[1]);
      [x, y] = [box.left + Math.max(0, Math.min(box.width, mapX)), box.top + Math.max(0, Math.min(box.height, mapY))];
    }
    const { offsetWidth, offsetHeight } = this.card;
    const left = x + 20 + offsetWidth < window.innerWidth ? x + 20 : Math.max(4, x - 20 - offsetWidth);
    const top = Math.max(4, Math.min(y + 14, window.innerHeight - offsetHeight - 4));
    this.card.style.left = `${left}px`;
    this.card.style.top = `${top}px`;
  }
}
