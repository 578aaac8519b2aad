"use strict";
// The timeline: one row a vehicle. The row of the selected vehicle (or all rows) opens into one lane a stop.

const BAR_TOP = 5; // the blocks of service, pixels from the top of the row
const BAR_HEIGHT = 14;
const BRACKET_TOP = 23;
const ROW_HEIGHT = 30;
const LANE_HEIGHT = 16;
const EDGE = 10; // free pixels left and right of the first and last moment
const STEPS = [1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60).concat([1, 2, 3, 4, 6, 12, 24].map((hours) => hours * 3600));

class Timeline {
  constructor(plan, state, parent) {
    this.plan = plan;
    this.state = state;
    this.parent = parent;
    [this.from, this.to] = Timeline.span(plan);
    this.axis = svgElement("svg", { class: "axis", "aria-hidden": "true" });
    parent.append(element("div", { class: "row axis-row" }, element("span", { class: "label" }), this.axis));
    this.rows = plan.routes.map((route) => this.makeRow(route));
    this.allOpen = false;
    const lanes = document.getElementById("lanes");
    lanes.hidden = !this.rows.length;
    lanes.addEventListener("click", () => {
      this.allOpen = !this.allOpen;
      lanes.textContent = this.allOpen ? "show one line a vehicle" : "show every stop";
      lanes.setAttribute("aria-pressed", String(this.allOpen));
      for (const made of this.rows) this.drawRow(made);
    });
    state.onChange((what) => this.update(what));
    new ResizeObserver(() => this.resize()).observe(parent);
    this.resize();
  }

  /** First and last moment of all routes. Windows may reach further; they are cut there. */
  static span(plan) {
    let from = Infinity;
    let to = -Infinity;
    for (const route of plan.routes) {
      from = Math.min(from, route.start);
      to = Math.max(to, route.end);
    }
    if (from > to) return [0, 1];
    const margin = Math.max(1, (to - from) * 0.02);
    return [from - margin, to + margin];
  }

  makeRow(route) {
    const svg = svgElement("svg", { "aria-hidden": "true" });
    const label = element(
      "button",
      {
        class: "label",
        type: "button",
        title: route.vehicle,
        on: {
          click: () => this.state.select(sameThing(this.state.selected, { kind: "route", route: route.index }) ? null : { kind: "route", route: route.index }),
          focus: () => this.state.hover({ kind: "route", route: route.index }),
          blur: () => this.state.hover(null),
        },
      },
      swatch(route),
      element("span", { class: "name" }, route.vehicle),
    );
    const row = element("div", { class: "row", style: { "--vehicle": route.colour } }, label, svg);
    const thingAt = (event) => this.stopAt(route, event.clientX - svg.getBoundingClientRect().left, event.clientY - svg.getBoundingClientRect().top);
    svg.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.state.hover(thingAt(event)));
    svg.addEventListener("click", (event) => this.state.select(thingAt(event)));
    row.addEventListener("pointerleave", () => this.state.hover(null));
    this.parent.append(row);
    return { row, svg, route, label };
  }

  /** The stop at a point of a row: in an open row that of the lane, else the one that the vehicle is at or drives to. */
  stopAt(route, x, y) {
    const lane = Math.floor((y - ROW_HEIGHT) / LANE_HEIGHT);
    if (lane >= 0 && this.isOpen(route)) {
      const stop = route.stops.filter((candidate) => candidate.number !== null)[lane];
      if (stop) return { kind: "stop", route: route.index, stop: stop.index };
    }
    const time = this.from + ((x - EDGE) / (this.width - 2 * EDGE)) * (this.to - this.from);
    const slack = (4 / (this.width - 2 * EDGE)) * (this.to - this.from);
    if (time < route.start - slack || time > route.end + slack) return { kind: "route", route: route.index };
    const stop = route.stops.find((candidate) => candidate.departure >= time) ?? route.stops.at(-1);
    return { kind: "stop", route: route.index, stop: stop.index };
  }

  isOpen(route) {
    return this.allOpen || this.state.selected?.route === route.index;
  }

  x(time) {
    const inside = Math.max(this.from, Math.min(this.to, time));
    return EDGE + ((inside - this.from) / (this.to - this.from)) * (this.width - 2 * EDGE);
  }

  resize() {
    const width = this.axis.clientWidth;
    if (width < 20 || width === this.width) return;
    this.width = width;
    this.ticks = this.makeTicks();
    this.drawAxis();
    for (const made of this.rows) this.drawRow(made);
  }

  /** Moments to mark, about 70 pixels apart, on round times of the clock. */
  makeTicks() {
    const most = Math.max(2, this.width / 70);
    const span = this.to - this.from;
    let step = 10 ** Math.ceil(Math.log10(span / most));
    if (this.plan.clock) step = STEPS.find((candidate) => span / candidate <= most) ?? 86400 * Math.ceil(span / most / 86400);
    else if (span / (step / 2) <= most) step /= 2;
    const ticks = [];
    for (let time = Math.ceil(this.from / step) * step; time <= this.to; time += step) ticks.push(time);
    return ticks;
  }

  drawAxis() {
    this.axis.replaceChildren();
    for (const time of this.ticks) {
      const text = svgElement("text", { x: this.x(time), y: 15, "text-anchor": "middle" });
      text.textContent = clockText(this.plan, time);
      this.axis.append(text);
    }
  }

  drawRow({ row, svg, route }) {
    const open = this.isOpen(route);
    const lanes = open ? route.stops.filter((stop) => stop.number !== null) : [];
    const height = ROW_HEIGHT + lanes.length * LANE_HEIGHT;
    svg.style.height = `${height}px`;
    row.classList.toggle("open", open);
    svg.replaceChildren();
    const add = (name, d) => d && svg.append(svgElement("path", { class: name, d }));
    add("tick", this.ticks.map((time) => `M${this.x(time).toFixed(1)} 0V${height}`).join(""));
    const middle = BAR_TOP + BAR_HEIGHT / 2;
    let [drive, wait, service, late] = ["", "", "", ""];
    route.stops.forEach((stop, i) => {
      if (i > 0) drive += this.block(route.stops[i - 1].departure, stop.arrival, middle - 2, 4);
      wait += this.block(stop.arrival, stop.start, middle - 4, 8);
      service += this.block(stop.start, stop.departure, BAR_TOP, BAR_HEIGHT, stop.number === null ? 0 : 2);
      if (lateness(stop)) late += this.block(stop.start, stop.departure, BAR_TOP - 3, 3, 6);
    });
    add("drive", drive);
    add("wait", wait);
    add("service", service);
    add("late-stop", late);
    lanes.forEach((stop, i) => this.drawLane(svg, stop, ROW_HEIGHT + i * LANE_HEIGHT));
    this.drawFocus(svg, route);
  }

  /** One stop on a line of its own: its windows as brackets, waiting and service as blocks, its number and id. */
  drawLane(svg, stop, top) {
    const middle = top + LANE_HEIGHT / 2;
    for (const window of stop.windows) svg.append(svgElement("path", { class: "window", d: this.bracket(window, middle - 5, 10) }));
    svg.append(svgElement("path", { class: "wait", d: this.block(stop.arrival, stop.start, middle - 3, 6) || "M0 0" }));
    svg.append(svgElement("path", { class: "service", d: this.block(stop.start, stop.departure, middle - 5, 10, 3) }));
    const after = this.x(stop.departure) + 6;
    const right = after < this.width - 90;
    const text = svgElement("text", { class: "lane", x: right ? after : this.x(stop.arrival) - 6, y: middle + 4, "text-anchor": right ? "start" : "end" });
    text.textContent = `${stop.number}  ${shorten(stop.title, 24)}`;
    svg.append(text);
  }

  /** A rectangle as path; at least `least` pixels wide. */
  block(from, to, top, height, least = 0) {
    const left = this.x(from);
    const width = Math.max(least, this.x(to) - left);
    if (width <= 0) return "";
    return `M${left.toFixed(1)} ${top}h${width.toFixed(1)}v${height}h${(-width).toFixed(1)}z`;
  }

  /** "[   ]"; an end beyond the timeline stays open. */
  bracket(window, top, height) {
    const [from, to] = window;
    if (to < this.from || from > this.to) return "";
    const middle = top + height / 2;
    const [left, right] = [this.x(from).toFixed(1), this.x(to).toFixed(1)];
    const start = from >= this.from ? `M${left} ${top}h3m-3 0v${height}h3` : "";
    const end = to <= this.to ? `M${right} ${top}h-3m3 0v${height}h-3` : "";
    return `${start}${end}M${left} ${middle}H${right}`;
  }

  /** A frame about the stop in focus, and its windows. */
  drawFocus(svg, route) {
    const focus = this.state.focus();
    for (const old of svg.querySelectorAll(".focus, .focus-window")) old.remove();
    if (focus?.kind !== "stop" || focus.route !== route.index) return;
    const stop = route.stops[focus.stop];
    const left = this.x(stop.arrival) - 3;
    const width = Math.max(8, this.x(stop.departure) - left + 3);
    svg.append(svgElement("rect", { class: "focus", x: left, y: BAR_TOP - 3, width, height: BAR_HEIGHT + 6, rx: 3 }));
    const d = stop.windows.map((window) => this.bracket(window, BRACKET_TOP, 6)).join("");
    if (d && !this.isOpen(route)) svg.append(svgElement("path", { class: "focus-window", d }));
  }

  update(what) {
    const focus = this.state.routeInFocus();
    for (const made of this.rows) {
      const { row, svg, route } = made;
      row.hidden = this.state.hidden.has(route.index);
      row.classList.toggle("faded", focus !== null && focus !== route.index);
      if (what === "select" && this.width && this.isOpen(route) !== row.classList.contains("open")) this.drawRow(made);
      else if (this.width) this.drawFocus(svg, route);
      row.classList.toggle("selected", this.state.selected?.route === route.index);
      if (what === "select" && this.state.selected?.route === route.index) reveal(row, this.parent);
    }
  }
}

function shorten(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Scroll a list so that a part of it is seen, and nothing else. */
function reveal(part, list) {
  const [inner, outer] = [part.getBoundingClientRect(), list.getBoundingClientRect()];
  if (inner.top < outer.top + 24) list.scrollTop += inner.top - outer.top - 24;
  else if (inner.bottom > outer.bottom) list.scrollTop += Math.min(inner.top - outer.top - 24, inner.bottom - outer.bottom + 4);
}
