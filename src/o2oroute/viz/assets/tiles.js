"use strict";
// Background tiles, only if the page was made with an address for them.

const TILE_SIZE = 256;
const LAST_LEVEL = 19;
const TILES_KEPT = 400;

class Tiles {
  constructor(plan, redraw) {
    this.address = plan.tiles;
    this.projection = plan.projection;
    this.redraw = redraw;
    this.images = new Map();
    this.loaded = 0;
  }

  /** Draw the tiles in view that have arrived, and ask for the others. */
  draw(map) {
    const world = 360 * UNITS_PER_DEGREE;
    // of the page's origin in the square of all tiles, from its north-west corner
    const west = world / 2 + this.projection.lon;
    const north = world / 2 - this.projection.base * UNITS_PER_DEGREE;
    const level = Math.max(0, Math.min(LAST_LEVEL, Math.round(Math.log2((world * map.scale) / TILE_SIZE))));
    const count = 2 ** level;
    const size = world / count;
    const [x0, y0] = map.toMap(0, 0);
    const [x1, y1] = map.toMap(map.width, map.height);
    const within = (value) => Math.max(0, Math.min(count - 1, Math.floor(value / size)));
    for (let j = within(y0 + north); j <= within(y1 + north); j += 1) {
      for (let i = within(x0 + west); i <= within(x1 + west); i += 1) {
        const image = this.image(level, i, j);
        if (!image.complete || !image.naturalWidth) continue;
        const [x, y] = map.toScreen(i * size - west, j * size - north);
        const side = size * map.scale + 0.5; // no seams
        map.context.drawImage(image, x, y, side, side);
      }
    }
  }

  image(level, i, j) {
    const address = this.address.replace("{z}", level).replace("{x}", i).replace("{y}", j);
    if (!this.images.has(address)) {
      const image = new Image();
      image.addEventListener("load", () => {
        this.loaded += 1;
        this.redraw();
      });
      image.src = address;
      this.images.set(address, image);
      if (this.images.size > TILES_KEPT) this.images.delete(this.images.keys().next().value);
    }
    return this.images.get(address);
  }
}
