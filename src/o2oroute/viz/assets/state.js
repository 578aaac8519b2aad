"use strict";
// What is hidden, pointed at and selected. Map, timeline and lists all read it, and redraw when it changes.

/** A thing is {kind: "route", route}, {kind: "stop", route, stop}, {kind: "unassigned", index} or {kind: "depot", index}. */
function sameThing(a, b) {
  if (!a || !b) return a === b;
  return a.kind === b.kind && a.route === b.route && a.stop === b.stop && a.index === b.index;
}

class State {
  constructor(plan) {
    this.plan = plan;
    this.hidden = new Set();
    this.hovered = null;
    this.selected = null;
    this.listeners = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  changed(what) {
    for (const listener of this.listeners) listener(what);
  }

  /** What all views show in relief: what is pointed at, else what is selected. */
  focus() {
    return this.hovered ?? this.selected;
  }

  routeInFocus() {
    return this.focus()?.route ?? null;
  }

  hover(thing) {
    if (sameThing(thing, this.hovered)) return;
    this.hovered = thing;
    this.changed("hover");
  }

  select(thing) {
    this.selected = thing;
    this.hovered = null;
    if (thing && thing.route !== undefined) this.hidden.delete(thing.route);
    this.changed("select");
  }

  setHidden(route, hidden) {
    if (hidden) this.hidden.add(route);
    else this.hidden.delete(route);
    if (hidden && this.selected?.route === route) this.selected = null;
    this.changed("hidden");
  }

  setAllHidden(hidden) {
    this.hidden = new Set(hidden ? this.plan.routes.map((route) => route.index) : []);
    if (hidden && this.selected?.route !== undefined) this.selected = null;
    this.changed("hidden");
  }

  /** Select the stop before or after the one selected, along its route. */
  step(by) {
    if (this.selected?.route === undefined) return;
    const { stops } = this.plan.routes[this.selected.route];
    const from = this.selected.stop ?? (by > 0 ? -1 : stops.length);
    const stop = Math.max(0, Math.min(stops.length - 1, from + by));
    this.select({ kind: "stop", route: this.selected.route, stop });
  }
}
