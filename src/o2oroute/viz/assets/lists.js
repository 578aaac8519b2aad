"use strict";
// The lists: routes with their stops, unassigned orders with their reasons, and the search box.

const KINDS = {
  INPUT: "set aside: something is wrong with it",
  IMPOSSIBLE: "no vehicle can serve it, even alone",
  CONFLICT: "fits into no route beside the other orders",
  TIME_LIMIT: "fits, but the search ended first",
  CHOICE: "optional; the plan is better without it",
};
const REASONS_SHOWN = 3;
const FOUND_SHOWN = 12;

/** Colour and number of a vehicle. */
function swatch(route) {
  return element("span", { class: "swatch", style: { background: route.colour, color: inkOn(route.colour) } }, String(route.index + 1));
}

class Lists {
  constructor(plan, state) {
    this.plan = plan;
    this.state = state;
    this.list = document.getElementById("lists");
    this.cards = plan.routes.map((route) => this.makeRoute(route));
    document.getElementById("routes").append(...this.cards.map((card) => card.item));
    document.getElementById("routes-title").textContent = `Routes (${plan.routes.length})`;
    this.all = document.getElementById("all");
    this.all.addEventListener("click", () => state.setAllHidden(state.hidden.size === 0));
    this.all.hidden = plan.routes.length === 0;
    this.makeUnassigned();
    this.listenToFind();
    state.onChange((what) => this.update(what));
  }

  makeRoute(route) {
    const thing = { kind: "route", route: route.index };
    const shown = element("input", {
      type: "checkbox",
      checked: true,
      title: "Show on map and timeline",
      "aria-label": `Show ${route.vehicle} on map and timeline`,
      on: { change: () => this.state.setHidden(route.index, !shown.checked) },
    });
    const orders = route.stops.filter((stop) => stop.number !== null).length;
    const facts = [
      `${orders} ${orders === 1 ? "stop" : "stops"}`,
      `${clockText(this.plan, route.start)}–${clockText(this.plan, route.end)}`,
      distanceText(this.plan, route.distance),
    ];
    const head = element(
      "button",
      {
        class: "route-head",
        type: "button",
        "aria-expanded": "false",
        on: {
          click: () => this.state.select(this.state.selected?.route === route.index ? null : thing),
          focus: () => this.state.hover(thing),
          blur: () => this.state.hover(null),
        },
      },
      swatch(route),
      element("span", { class: "name" }, route.vehicle),
      element("span", { class: "facts" }, facts.join(" · ")),
    );
    const item = element(
      "li",
      {
        class: "route",
        on: { pointerenter: (event) => event.pointerType === "mouse" && this.state.hover(thing), pointerleave: () => this.state.hover(null) },
      },
      shown,
      head,
    );
    return { item, head, shown, route, stops: null };
  }

  /** The stops of a route are made when they are first seen. */
  openRoute(card) {
    if (card.stops) return;
    card.stops = element("ol", { class: "stops" }, ...card.route.stops.map((stop) => this.makeStop(card.route, stop)));
    card.item.append(card.stops);
  }

  openAll() {
    for (const card of this.cards) this.openRoute(card);
    for (const more of this.list.querySelectorAll(".more")) more.click();
  }

  makeStop(route, stop) {
    const thing = { kind: "stop", route: route.index, stop: stop.index };
    const hints = [];
    if (stop.waiting > 0) hints.push(`waits ${durationText(this.plan, stop.waiting)}`);
    if (stop.windows.length) hints.push(windowsText(this.plan, stop.windows));
    return element(
      "li",
      {},
      element(
        "button",
        {
          class: "stop",
          type: "button",
          "data-stop": stop.index,
          on: {
            click: () => this.state.select(thing),
            focus: () => this.state.hover(thing),
            blur: () => this.state.hover(null),
            pointerenter: (event) => event.pointerType === "mouse" && this.state.hover(thing),
          },
        },
        element("span", { class: "time" }, clockText(this.plan, stop.start)),
        element("span", { class: "number" }, stop.number === null ? "" : String(stop.number)),
        element("span", { class: "name" }, stop.title),
        element("span", { class: "facts" }, hints.join(" · ")),
        lateness(stop) ? element("strong", { class: "late" }, `${durationText(this.plan, lateness(stop))} too late`) : null,
      ),
    );
  }

  makeUnassigned() {
    const orders = this.plan.unassigned;
    if (!orders.length) return;
    document.getElementById("unassigned-part").hidden = false;
    document.getElementById("unassigned-title").textContent = `Unassigned (${orders.length})`;
    this.unassigned = orders.map((order) => {
      const thing = { kind: "unassigned", index: order.index };
      const text = (reason) => element("li", {}, reason);
      const reasons = element("ul", { class: "reasons" }, ...order.reasons.slice(0, REASONS_SHOWN).map(text));
      const rest = order.reasons.slice(REASONS_SHOWN);
      const more = rest.length
        ? element("button", { class: "more", type: "button", on: { click: () => { reasons.append(...rest.map(text)); more.remove(); } } }, `${rest.length} more`)
        : null;
      const item = element(
        "li",
        { class: "unassigned", on: { pointerenter: (event) => event.pointerType === "mouse" && this.state.hover(thing), pointerleave: () => this.state.hover(null) } },
        element(
          "button",
          { class: "unassigned-head", type: "button", on: { click: () => this.state.select(thing), focus: () => this.state.hover(thing), blur: () => this.state.hover(null) } },
          element("span", { class: "mark", "aria-hidden": "true" }, "!"),
          element("span", { class: "name" }, order.title),
          element("span", { class: "facts" }, [KINDS[order.kind], order.xy ? null : "not on the map"].filter(Boolean).join(" · ")),
        ),
        reasons,
        more,
      );
      return { item, thing };
    });
    document.getElementById("unassigned").append(...this.unassigned.map((made) => made.item));
  }

  // ---- search box

  listenToFind() {
    const input = document.getElementById("find");
    const found = document.getElementById("found");
    const everything = this.searchable();
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      const hits = wanted ? everything.filter((entry) => entry.text.includes(wanted)).slice(0, FOUND_SHOWN) : [];
      found.hidden = !wanted;
      found.replaceChildren(
        ...hits.map((entry) => element("li", {}, element("button", { type: "button", on: { click: () => { this.state.select(entry.thing); found.hidden = true; } } }, entry.label))),
      );
      if (wanted && !hits.length) found.replaceChildren(element("li", { class: "none" }, "nothing found"));
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") found.querySelector("button")?.click();
      if (event.key === "Escape") found.hidden = true;
      event.stopPropagation();
    });
  }

  searchable() {
    const entries = [];
    for (const route of this.plan.routes) {
      entries.push({ label: route.vehicle, thing: { kind: "route", route: route.index }, properties: route.properties });
      for (const stop of route.stops) {
        if (stop.number === null) continue;
        const label = `${stop.title} · ${route.vehicle}, ${clockText(this.plan, stop.start)}`;
        entries.push({ label, thing: { kind: "stop", route: route.index, stop: stop.index }, properties: stop.properties });
      }
    }
    for (const order of this.plan.unassigned) {
      entries.push({ label: `${order.title} · unassigned`, thing: { kind: "unassigned", index: order.index }, properties: order.properties });
    }
    for (const entry of entries) entry.text = [entry.label, ...Object.values(entry.properties)].join(" ").toLowerCase();
    return entries;
  }

  // ---- following the state

  update(what) {
    const focus = this.state.focus();
    for (const card of this.cards) {
      const { index } = card.route;
      card.shown.checked = !this.state.hidden.has(index);
      card.item.classList.toggle("off", this.state.hidden.has(index));
      card.item.classList.toggle("focus", focus?.route === index);
      const open = this.state.selected?.route === index;
      if (open) this.openRoute(card);
      card.item.classList.toggle("open", open);
      card.head.setAttribute("aria-expanded", String(open));
      if (!card.stops) continue;
      for (const button of card.stops.querySelectorAll(".stop")) {
        const on = focus?.kind === "stop" && focus.route === index && Number(button.dataset.stop) === focus.stop;
        button.classList.toggle("focus", on);
        if (on && what === "select") reveal(button, this.list);
      }
      if (open && what === "select" && focus?.kind === "route") reveal(card.head, this.list);
    }
    for (const { item, thing } of this.unassigned ?? []) {
      item.classList.toggle("focus", sameThing(focus, thing));
      if (what === "select" && sameThing(focus, thing)) reveal(item, this.list);
    }
    this.all.textContent = this.state.hidden.size === 0 ? "hide all" : "show all";
  }
}

function windowsText(plan, windows) {
  return windows.map(([from, to]) => `${clockText(plan, from)}–${clockText(plan, to)}`).join(", ");
}
