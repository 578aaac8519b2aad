"use strict";
// Pointer and keys on the map: what is under the pointer, panning, pinching, zooming.

class Pointer {
  constructor(map) {
    this.map = map;
    this.state = map.state;
    this.down = new Map(); // where each finger or button is, by pointer id
    this.travelled = 0;
    const { canvas } = map;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", (event) => this.down.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => this.state.hover(null));
    canvas.addEventListener("dblclick", (event) => map.zoom(2, ...this.at(event)));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  at(event) {
    const box = this.map.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  press(event) {
    this.map.canvas.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, this.at(event));
    if (this.down.size === 1) this.travelled = 0;
  }

  moved(event) {
    const now = this.at(event);
    const before = this.down.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.state.hover(this.thingsAt(now[0], now[1], 2)[0] ?? null);
      return;
    }
    const fixed = [...this.down].find(([id]) => id !== event.pointerId)?.[1];
    this.down.set(event.pointerId, now);
    this.travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (fixed) {
      const apart = (place) => Math.max(10, Math.hypot(place[0] - fixed[0], place[1] - fixed[1]));
      this.map.zoom(apart(now) / apart(before), (now[0] + fixed[0]) / 2, (now[1] + fixed[1]) / 2);
      this.map.move((before[0] - now[0]) / 2 / this.map.scale, (before[1] - now[1]) / 2 / this.map.scale);
    } else if (this.travelled > 4) {
      this.map.move((before[0] - now[0]) / this.map.scale, (before[1] - now[1]) / this.map.scale);
    }
  }

  /** A press without a move selects; pressing again steps through things at the same place. */
  release(event) {
    const single = this.down.size === 1;
    this.down.delete(event.pointerId);
    if (!single || this.travelled > 4) return;
    const [x, y] = this.at(event);
    const things = this.thingsAt(x, y, event.pointerType === "mouse" ? 2 : 10);
    const at = things.findIndex((thing) => sameThing(thing, this.state.selected));
    this.state.select(things.length ? things[(at + 1) % things.length] : null);
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 30 : 1);
    this.map.zoom(Math.exp(-Math.max(-200, Math.min(200, pixels)) / 300), ...this.at(event));
  }

  key(event) {
    const step = 60 / this.map.scale;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) this.map.move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.map.zoom(1.5);
    else if (event.key === "-") this.map.zoom(1 / 1.5);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Things under a point of the screen: markers at one place, or else the route whose line it is. */
  thingsAt(x, y, reach) {
    const apart = (marker) => Math.hypot(marker.x - x, marker.y - y);
    const near = this.map.markers.filter((marker) => apart(marker) <= marker.r + reach);
    if (near.length) {
      const best = near.reduce((a, b) => (apart(b) <= apart(a) ? b : a)); // of equals the one drawn last, on top
      return near.filter((marker) => Math.hypot(marker.x - best.x, marker.y - best.y) < 2).map((marker) => marker.thing);
    }
    const route = this.map.routeAt(x, y, reach);
    return route === null ? [] : [{ kind: "route", route }];
  }
}
