"use strict";
// The map: one canvas, drawn anew whenever the view, the state or the theme changes.

// Roads by rank, the widest first; see RANKS in roads_layer.py. A rank appears from `from` pixels per metre on.
const ROAD_STYLES = [
  { width: 2.6, from: 0, colour: "--road-main" },
  { width: 1.8, from: 0, colour: "--road-main" },
  { width: 1.3, from: 0.012, colour: "--road" },
  { width: 0.9, from: 0.03, colour: "--road" },
  { width: 0.6, from: 0.15, colour: "--road" },
];
const CELLS = 12; // roads are kept in so many by so many parts, and only those in view are drawn
const MARKER = 10; // radius of a numbered stop, pixels
const DOT = 4;
const ASIDE = 2.2; // pixels
const ASIDE_PLACES = 7;
const ARROWS_FROM = 0.06; // pixels per metre
const NARROWEST = 1e-7; // pixels per unit: the whole earth in a thumbnail
const CLOSEST = 1.5; // pixels per unit of 11 cm

class MapView {
  constructor(plan, state, canvas) {
    this.plan = plan;
    this.state = state;
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.centre = [0, 0];
    this.scale = 1e-2;
    this.markers = [];
    this.tiles = plan.tiles ? new Tiles(plan, () => this.later()) : null;
    this.backdrop = document.createElement("canvas");
    this.roads = plan.roads.map((layer) => MapView.cells(decodeLines(layer, plan.projection)));
    for (const route of plan.routes) route.path = MapView.path(route.lines);
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement);
    this.resize();
    this.fit();
  }

  static path(lines) {
    const path = new Path2D();
    for (const line of lines) MapView.trace(path, line);
    return path;
  }

  static trace(path, line) {
    path.moveTo(line[0], line[1]);
    for (let i = 2; i < line.length; i += 2) path.lineTo(line[i], line[i + 1]);
  }

  /** Lines sorted into a grid by their first points; each cell knows the box of its lines. */
  static cells(lines) {
    const whole = MapView.box(lines);
    const width = Math.max(1, whole[2] - whole[0]);
    const height = Math.max(1, whole[3] - whole[1]);
    const cells = new Map();
    for (const line of lines) {
      const column = Math.min(CELLS - 1, Math.floor(((line[0] - whole[0]) / width) * CELLS));
      const row = Math.min(CELLS - 1, Math.floor(((line[1] - whole[1]) / height) * CELLS));
      const key = row * CELLS + column;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(line);
    }
    return [...cells.values()].map((part) => ({ box: MapView.box(part), path: MapView.path(part) }));
  }

  static box(lines) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const line of lines) {
      for (let i = 0; i < line.length; i += 2) {
        box[0] = Math.min(box[0], line[i]);
        box[1] = Math.min(box[1], line[i + 1]);
        box[2] = Math.max(box[2], line[i]);
        box[3] = Math.max(box[3], line[i + 1]);
      }
    }
    return box;
  }

  // ---- view

  resize() {
    const { clientWidth, clientHeight } = this.canvas.parentElement;
    this.ratio = window.devicePixelRatio || 1;
    this.width = Math.max(1, clientWidth);
    this.height = Math.max(1, clientHeight);
    this.canvas.width = Math.round(this.width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    if (!this.moved) this.fit();
    this.draw();
  }

  fit(box = this.plan.box) {
    const margin = Math.min(36, this.width / 10);
    const legend = document.getElementById("legend");
    const covered = Math.min(this.height / 3, legend.open ? legend.offsetHeight : 0);
    const across = Math.max(box[2] - box[0], 2000);
    const down = Math.max(box[3] - box[1], 2000);
    const height = this.height - 2 * margin - covered;
    this.scale = Math.min((this.width - 2 * margin) / across, height / down, CLOSEST);
    this.centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2 + covered / 2 / this.scale];
    this.moved = false;
    this.later();
  }

  /** Zoom by a factor about a point of the screen. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const scale = Math.max(NARROWEST, Math.min(CLOSEST, this.scale * factor));
    const before = this.toMap(x, y);
    this.scale = scale;
    const after = this.toMap(x, y);
    this.move(before[0] - after[0], before[1] - after[1]);
  }

  move(dx, dy) {
    this.centre = [this.centre[0] + dx, this.centre[1] + dy];
    this.moved = true;
    this.later();
  }

  toScreen(x, y) {
    return [(x - this.centre[0]) * this.scale + this.width / 2, (y - this.centre[1]) * this.scale + this.height / 2];
  }

  toMap(x, y) {
    return [(x - this.width / 2) / this.scale + this.centre[0], (y - this.height / 2) / this.scale + this.centre[1]];
  }

  /** Bring a place into view without changing more than needed. */
  show(place) {
    const [x, y] = this.toScreen(place[0], place[1]);
    const margin = Math.min(60, this.width / 6);
    if (x > margin && x < this.width - margin && y > margin && y < this.height - margin) return;
    this.move(place[0] - this.centre[0], place[1] - this.centre[1]);
  }

  later() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
    });
  }

  // ---- drawing

  draw() {
    const style = getComputedStyle(document.documentElement);
    this.colour = (name) => style.getPropertyValue(name).trim();
    const metre = this.plan.projection.metres(this.centre[1]);
    this.perMetre = this.scale / metre;
    this.drawBackdrop();
    this.drawRoutes();
    this.drawMarkers();
    this.drawScaleBar();
    if (this.onDraw) this.onDraw();
  }

  /** Land, tiles and roads; kept as a picture until the view changes, for they take half of the time. */
  drawBackdrop() {
    const view = [this.centre, this.scale, this.canvas.width, this.canvas.height, this.colour("--land"), this.tiles?.loaded].join();
    if (view !== this.backdropView) {
      const { context } = this;
      this.backdrop.width = this.canvas.width;
      this.backdrop.height = this.canvas.height;
      this.context = this.backdrop.getContext("2d");
      this.screenTransform();
      this.context.fillStyle = this.colour("--land");
      this.context.fillRect(0, 0, this.width, this.height);
      this.tiles?.draw(this);
      this.drawRoads();
      this.context = context;
      this.backdropView = view;
    }
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.drawImage(this.backdrop, 0, 0);
    this.screenTransform();
  }

  screenTransform() {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.globalAlpha = 1;
    this.context.setLineDash([]);
  }

  mapTransform([dx, dy] = [0, 0]) {
    const k = this.ratio * this.scale;
    const [x, y] = this.toScreen(0, 0);
    this.context.setTransform(k, 0, 0, k, (x + dx) * this.ratio, (y + dy) * this.ratio);
    this.context.lineJoin = "round";
    this.context.lineCap = "round";
  }

  drawRoads() {
    const view = [...this.toMap(0, 0), ...this.toMap(this.width, this.height)];
    const wider = Math.max(1, Math.min(5, Math.sqrt(this.perMetre / 0.06)));
    this.mapTransform();
    for (let rank = this.roads.length - 1; rank >= 0; rank -= 1) {
      const style = ROAD_STYLES[rank];
      if (this.perMetre < style.from) continue;
      this.context.strokeStyle = this.colour(style.colour);
      this.context.lineWidth = (style.width * wider) / this.scale;
      for (const { box, path } of this.roads[rank]) {
        if (box[0] > view[2] || box[2] < view[0] || box[1] > view[3] || box[3] < view[1]) continue;
        this.context.stroke(path);
      }
    }
    this.screenTransform();
  }

  /** Routes with the one in focus last, on top of the others. */
  *routesInOrder() {
    const focus = this.state.routeInFocus();
    for (const route of this.plan.routes) if (!this.state.hidden.has(route.index) && route.index !== focus) yield route;
    if (focus !== null && !this.state.hidden.has(focus)) yield this.plan.routes[focus];
  }

  alpha(route) {
    const focus = this.state.routeInFocus();
    return focus === null || focus === route.index ? 1 : 0.22;
  }

  /** Pixels by which a route is drawn aside, each in its own direction, so that shared streets show all colours. */
  aside(route) {
    if (this.state.routeInFocus() === route.index) return [0, 0];
    const place = route.index % ASIDE_PLACES;
    const angle = place * 2.39996; // the golden angle, as the seeds of a sunflower lie
    const distance = ASIDE * Math.sqrt(place);
    return [distance * Math.cos(angle), distance * Math.sin(angle)];
  }

  lineWidth(route) {
    const width = Math.max(2.2, Math.min(5, 2.4 + Math.log2(1 + this.perMetre * 8)));
    return this.state.routeInFocus() === route.index ? width + 1.5 : width;
  }

  drawRoutes() {
    const focus = this.state.routeInFocus();
    for (const route of this.routesInOrder()) {
      const width = this.lineWidth(route);
      this.mapTransform(this.aside(route));
      this.context.globalAlpha = this.alpha(route);
      this.context.setLineDash(route.straight ? [7 / this.scale, 6 / this.scale] : []);
      this.context.strokeStyle = this.colour("--casing");
      this.context.lineWidth = (width + 2.5) / this.scale;
      this.context.stroke(route.path);
      this.context.strokeStyle = route.colour;
      this.context.lineWidth = width / this.scale;
      this.context.stroke(route.path);
      this.screenTransform();
      // arrows on all routes of a whole city would hide the map
      if (focus === route.index || this.perMetre > ARROWS_FROM) this.drawArrows(route, width);
    }
  }

  /** Arrowheads along a route, evenly spaced on the screen, so that its direction is seen at every zoom. */
  drawArrows(route, width) {
    const every = 90;
    const size = width + 1.6;
    let next = every / 2;
    this.context.globalAlpha = this.alpha(route);
    this.context.fillStyle = route.colour;
    this.context.strokeStyle = this.colour("--casing");
    this.context.lineWidth = 1;
    const [dx, dy] = this.aside(route);
    const place = (line, i) => {
      const [x, y] = this.toScreen(line[i], line[i + 1]);
      return [x + dx, y + dy];
    };
    for (const line of route.lines) {
      let [ax, ay] = place(line, 0);
      for (let i = 2; i < line.length; i += 2) {
        const [bx, by] = place(line, i);
        const length = Math.hypot(bx - ax, by - ay);
        // a long step that leaves the screen would ask for thousands of arrows
        const seen = Math.max(ax, bx) > 0 && Math.min(ax, bx) < this.width && Math.max(ay, by) > 0 && Math.min(ay, by) < this.height;
        if (seen && length > 0) {
          for (; next <= length; next += every) {
            this.drawArrow(ax + ((bx - ax) * next) / length, ay + ((by - ay) * next) / length, Math.atan2(by - ay, bx - ax), size);
          }
          next -= length;
        } else {
          next = every - ((every - next + length) % every);
        }
        [ax, ay] = [bx, by];
      }
    }
  }

  drawArrow(x, y, angle, size) {
    if (x < 0 || y < 0 || x > this.width || y > this.height) return;
    const context = this.context;
    context.translate(x, y);
    context.rotate(angle);
    context.beginPath();
    context.moveTo(size * 1.3, 0);
    context.lineTo(-size * 0.8, size);
    context.lineTo(-size * 0.3, 0);
    context.lineTo(-size * 0.8, -size);
    context.closePath();
    context.fill();
    context.stroke();
    context.rotate(-angle);
    context.translate(-x, -y);
  }

  /** Stops, depots and unassigned orders; what is drawn is remembered for the pointer. */
  drawMarkers() {
    this.markers = [];
    const focus = this.state.routeInFocus();
    const inView = [];
    for (const route of this.routesInOrder()) {
      for (const stop of route.stops) {
        if (!stop.xy || stop.number === null) continue;
        const [x, y] = this.toScreen(stop.xy[0], stop.xy[1]);
        if (x > -20 && y > -20 && x < this.width + 20 && y < this.height + 20) inView.push({ x, y, route, stop });
      }
    }
    this.drawHalts(inView);
    const roomy = inView.length * 40 * 40 < this.width * this.height;
    for (const { x, y, route, stop } of inView) {
      const numbered = focus === null ? roomy : focus === route.index;
      const radius = numbered ? MARKER : DOT;
      this.context.globalAlpha = this.alpha(route);
      this.drawStop(x, y, radius, route.colour, numbered ? String(stop.number) : "");
      this.markers.push({ x, y, r: Math.max(radius, 7), thing: { kind: "stop", route: route.index, stop: stop.index } });
    }
    this.context.globalAlpha = 1;
    const alarm = this.colour("--alarm");
    for (const order of this.plan.unassigned) {
      if (!order.xy) continue;
      const [x, y] = this.toScreen(order.xy[0], order.xy[1]);
      this.drawDiamond(x, y, alarm);
      this.markers.push({ x, y, r: 11, thing: { kind: "unassigned", index: order.index } });
    }
    for (const depot of this.plan.depots) {
      const [x, y] = this.toScreen(depot.xy[0], depot.xy[1]);
      this.drawDepot(x, y);
      this.markers.push({ x, y, r: 12, thing: { kind: "depot", index: depot.index } });
    }
    this.drawRing();
  }

  /** A thin line from a stop to where its vehicle halts, if that is apart. */
  drawHalts(stops) {
    this.context.strokeStyle = this.colour("--ink");
    this.context.lineWidth = 1;
    this.context.setLineDash([2, 3]);
    for (const { x, y, stop } of stops) {
      if (!stop.haltXy) continue;
      const [haltX, haltY] = this.toScreen(stop.haltXy[0], stop.haltXy[1]);
      this.context.beginPath();
      this.context.moveTo(x, y);
      this.context.lineTo(haltX, haltY);
      this.context.stroke();
    }
    this.context.setLineDash([]);
  }

  drawStop(x, y, radius, colour, text) {
    const context = this.context;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = this.colour("--casing");
    context.lineWidth = text ? 2 : 1.2;
    context.stroke();
    if (!text) return;
    context.fillStyle = inkOn(colour);
    context.font = `600 ${text.length > 2 ? 9 : 11}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, x, y + 0.5);
  }

  drawDiamond(x, y, colour) {
    const context = this.context;
    const r = 11;
    context.beginPath();
    context.moveTo(x, y - r);
    context.lineTo(x + r, y);
    context.lineTo(x, y + r);
    context.lineTo(x - r, y);
    context.closePath();
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = this.colour("--casing");
    context.lineWidth = 2;
    context.stroke();
    context.fillStyle = inkOn(colour);
    context.font = "700 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("!", x, y + 0.5);
  }

  drawDepot(x, y) {
    const context = this.context;
    context.fillStyle = this.colour("--ink");
    context.strokeStyle = this.colour("--casing");
    context.lineWidth = 2;
    context.beginPath();
    context.rect(x - 11, y - 11, 22, 22);
    context.fill();
    context.stroke();
    context.fillStyle = this.colour("--land");
    context.beginPath();
    context.moveTo(x - 7, y);
    context.lineTo(x, y - 7);
    context.lineTo(x + 7, y);
    context.lineTo(x + 5, y);
    context.lineTo(x + 5, y + 6);
    context.lineTo(x - 5, y + 6);
    context.lineTo(x - 5, y);
    context.closePath();
    context.fill();
  }

  /** A ring about the stop or order in focus. */
  drawRing() {
    const place = this.plan.placeOf(this.state.focus());
    if (!place) return;
    const [x, y] = this.toScreen(place[0], place[1]);
    for (const [colour, width] of [[this.colour("--land"), 7], [this.colour("--ink"), 3]]) {
      this.context.beginPath();
      this.context.arc(x, y, 16, 0, 2 * Math.PI);
      this.context.strokeStyle = colour;
      this.context.lineWidth = width;
      this.context.stroke();
    }
  }

  drawScaleBar() {
    const longest = 110 / this.perMetre;
    const power = 10 ** Math.floor(Math.log10(longest));
    const metres = power * [5, 2, 1].find((step) => step * power <= longest);
    const bar = document.getElementById("scale");
    bar.style.width = `${metres * this.perMetre}px`;
    bar.textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  }

  /** The topmost route whose line is at a point of the screen, or null. */
  routeAt(x, y, reach) {
    let found = null;
    for (const route of this.routesInOrder()) {
      this.mapTransform(this.aside(route));
      this.context.lineWidth = (this.lineWidth(route) + 6 + 2 * reach) / this.scale;
      if (this.context.isPointInStroke(route.path, x * this.ratio, y * this.ratio)) found = route.index;
    }
    this.screenTransform();
    return found;
  }
}
