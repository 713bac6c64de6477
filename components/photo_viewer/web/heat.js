/* Relevance maps: a small grid of numbers that covers the photo edge to edge → a coloured, see-through picture.
 * Colours: matplotlib's inferno (CC0) for one-sided maps, ColorBrewer's PuOr (Apache-2.0) for two-sided ones;
 * both keep their order in grey and for colour-blind eyes. What says nothing is transparent, so that the
 * photo stays visible there.
 */
const INFERNO = ["#000004", "#1b0c41", "#4a0c6b", "#781c6d", "#a52c60", "#cf4446", "#ed6925", "#fb9b06", "#f7d13d", "#fcffa4"];
const PURPLE_ORANGE = ["#2d004b", "#542788", "#8073ac", "#b2abd2", "#f7f7f7", "#fdb863", "#e08214", "#b35806", "#7f3b08"];
const HEAT_LONG_SIDE_PX = 320;

const hexToRgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const INFERNO_RGB = INFERNO.map(hexToRgb);
const PURPLE_ORANGE_RGB = PURPLE_ORANGE.map(hexToRgb);

/** Colour at fraction 0 to 1 of a map of evenly spaced stops. */
function colourAt(stops, fraction) {
  const place = clamp(fraction, 0, 1) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  return stops[low].map((value, channel) => value + (stops[low + 1][channel] - value) * (place - low));
}

/** Catmull-Rom through four neighbours: smooth, and exact at the network's own cells. */
const cubic = (a, b, c, d, t) =>
  b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

/** Value of the grid at fractions (x, y) of the photo; cells are areas, their values hold at the centres. */
function sampleGrid(grid, x, y) {
  const column = x * grid.width - 0.5;
  const row = y * grid.height - 0.5;
  const c0 = Math.floor(column);
  const r0 = Math.floor(row);
  const at = (r, c) =>
    grid.values[clamp(r, 0, grid.height - 1) * grid.width + clamp(c, 0, grid.width - 1)];
  const line = (r) => cubic(at(r, c0 - 1), at(r, c0), at(r, c0 + 1), at(r, c0 + 2), column - c0);
  return cubic(line(r0 - 1), line(r0), line(r0 + 1), line(r0 + 2), row - r0);
}

/** Strength 0 to 1 → [red, green, blue, alpha 0 to 255]; two-sided maps take −1 to 1. */
function heatColour(strength, diverging) {
  const rgb = diverging
    ? colourAt(PURPLE_ORANGE_RGB, (strength + 1) / 2)
    : colourAt(INFERNO_RGB, 0.15 + 0.85 * strength);
  const weight = clamp(Math.abs(strength), 0, 1);
  return [...rgb, 255 * clamp(weight * 1.6, 0, 1)];
}

/** Strongest absolute value (two-sided) or strongest support (one-sided); 0 where there is none. */
const heatReach = (grid, diverging) =>
  grid.values.reduce((most, value) => Math.max(most, diverging ? Math.abs(value) : value), 0);

function paintHeat(grid, diverging, photo) {
  const shrink = HEAT_LONG_SIDE_PX / Math.max(photo.width_px, photo.height_px);
  const width = Math.max(1, Math.round(photo.width_px * shrink));
  const height = Math.max(1, Math.round(photo.height_px * shrink));
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  const reach = heatReach(grid, diverging) || 1;
  for (let row = 0, at = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, at += 4) {
      const strength = sampleGrid(grid, (column + 0.5) / width, (row + 0.5) / height) / reach;
      pixels.data.set(heatColour(diverging ? clamp(strength, -1, 1) : clamp(strength, 0, 1), diverging), at);
    }
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** CSS gradient of the same colours, for the scale bar. */
function heatGradient(diverging) {
  const stops = Array.from({ length: 17 }, (_, index) => {
    const [red, green, blue] = heatColour(diverging ? index / 8 - 1 : index / 16, diverging).map(Math.round);
    return `rgb(${red} ${green} ${blue})`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
