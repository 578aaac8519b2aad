"use strict";
// Reading the plan that is written into the page, and writing numbers and times for people.

const UNITS_PER_DEGREE = 1e6; // positions are whole millionths of a degree, relative to plan.origin
const METRES_PER_DEGREE = 111320; // along a meridian; good enough for line widths and the scale bar

/** Integers out of text: groups of five bits, lowest first; the value's lowest bit is its sign. */
function decodeIntegers(text) {
  const values = [];
  let value = 0;
  let weight = 1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i) - 63;
    value += (code & 31) * weight; // not a shift: values may exceed 31 bits
    weight *= 32;
    if (code < 32) {
      values.push(value % 2 ? -(value + 1) / 2 : value / 2);
      value = 0;
      weight = 1;
    }
  }
  return values;
}

/** Lines out of {sizes, points}, as arrays x0, y0, x1, y1, ... on the map. */
function decodeLines(lines, projection) {
  const steps = decodeIntegers(lines.points);
  let lon = 0;
  let lat = 0;
  let at = 0;
  return decodeIntegers(lines.sizes).map((size) => {
    const line = new Float64Array(2 * size);
    for (let i = 0; i < 2 * size; i += 2) {
      lon += steps[at + i];
      lat += steps[at + i + 1];
      line[i] = lon;
      line[i + 1] = projection.y(lat);
    }
    at += 2 * size;
    return line;
  });
}

/** Web Mercator about the page's origin: x is millionths of a degree of longitude, y the same size, southward. */
class Projection {
  constructor(origin) {
    this.lon = origin[0];
    this.lat = origin[1];
    this.base = Projection.mercator(this.lat / UNITS_PER_DEGREE);
  }

  static mercator(degrees) {
    const angle = (Math.max(-85, Math.min(85, degrees)) * Math.PI) / 180;
    return (Math.log(Math.tan(Math.PI / 4 + angle / 2)) * 180) / Math.PI;
  }

  y(lat) {
    return (this.base - Projection.mercator((this.lat + lat) / UNITS_PER_DEGREE)) * UNITS_PER_DEGREE;
  }

  /** Map position of [lon, lat] relative to the origin. */
  place(position) {
    return [position[0], this.y(position[1])];
  }

  /** Metres on the ground in one unit of the map, at height y. */
  metres(y) {
    const mercator = this.base - y / UNITS_PER_DEGREE;
    const lat = 2 * Math.atan(Math.exp((mercator * Math.PI) / 180)) - Math.PI / 2;
    return (METRES_PER_DEGREE / UNITS_PER_DEGREE) * Math.cos(lat);
  }
}

/** Clock text of a time in seconds since the problem's midnight; plan.clock has the changes of the clock. */
function clockText(plan, seconds) {
  if (!plan.clock) return numberText(seconds, 1);
  let shown = seconds;
  for (const [from, shift] of plan.clock) if (seconds >= from) shown = seconds + shift;
  shown = Math.floor(shown / 60) * 60;
  const day = Math.floor(shown / 86400);
  const two = (value) => String(value).padStart(2, "0");
  const inDay = shown - day * 86400;
  const text = `${two(Math.floor(inDay / 3600))}:${two(Math.floor(inDay / 60) % 60)}`;
  if (day === 0) return text;
  return `${text} (${day > 0 ? "+" : "−"}${Math.abs(day)} d)`;
}

function durationText(plan, seconds) {
  if (!plan.clock) return numberText(seconds, 1);
  if (seconds > 0 && seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
}

/** Seconds by which service starts too late; 0 for stops in time (a plan made by hand may break its windows). */
function lateness(stop) {
  return stop.windows.length ? Math.max(0, stop.start - stop.windows.at(-1)[1]) : 0;
}

function distanceText(plan, metres) {
  if (!plan.clock) return numberText(metres, 2);
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${numberText(metres / 1000, metres < 100000 ? 1 : 0)} km`;
}

function numberText(value, digits) {
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/** An element; children are elements or text, and text is never read as markup. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    else if (name === "style") for (const [key, text] of Object.entries(value)) made.style.setProperty(key, text);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function svgElement(tag, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Black or white, whichever can be read on a colour (relative luminance of WCAG 2). */
function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const value = parseInt(colour.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.3 ? "#10131a" : "#ffffff";
}
