/* Colours of maps, and a map's picture. A strength is −1 to 1 (two-sided) or 0 to 1. */
const VIRIDIS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const SCALES = { inferno: INFERNO_RGB, viridis: VIRIDIS.map(hexToRgb), grey: [[0, 0, 0], [255, 255, 255]] };
const LOWEST_SHARE = 0.15; // of the colours, so that what is faint is not black
const FADE = 1.6; // what is at least 1 / 1.6 is shown at full opacity

const strengthColour = (strength, diverging, colours) => (diverging
  ? colourAt(PURPLE_ORANGE_RGB, (strength + 1) / 2)
  : colourAt(SCALES[colours], LOWEST_SHARE + (1 - LOWEST_SHARE) * strength));

function scaleGradient(diverging, colours) {
  const stops = Array.from({ length: 17 }, (_, index) => {
    const [red, green, blue] = strengthColour(diverging ? index / 8 - 1 : index / 16, diverging, colours).map(Math.round);
    return `rgb(${red} ${green} ${blue})`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/** int8 in Base64 → strengths at the cells. */
function readGrid({ width, height, values }) {
  const bytes = Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0));
  return { width, height, values: Array.from(new Int8Array(bytes.buffer), (value) => value / 127) };
}

/** Where `count` samples lie on `cells` cells: the four neighbours of each, kept within, and the way between the middle two. */
function neighbours(count, cells) {
  return Array.from({ length: count }, (_, index) => {
    const place = (index + 0.5) / count * cells - 0.5;
    const first = Math.floor(place);
    return { at: [-1, 0, 1, 2].map((step) => clamp(first + step, 0, cells - 1)), t: place - first };
  });
}

/**
 * A map at the size at which it is painted, worked out once: colours and threshold change often, cells do not. The same
 * values as `sampleGrid`, first along the rows and then along the columns, which takes a fifth of the time.
 */
function resampled(grid, photo) {
  const shrink = HEAT_LONG_SIDE_PX / Math.max(photo.width_px, photo.height_px);
  const width = Math.max(1, Math.round(photo.width_px * shrink));
  const height = Math.max(1, Math.round(photo.height_px * shrink));
  const wide = new Float32Array(width * grid.height);
  const columns = neighbours(width, grid.width);
  for (let row = 0, at = 0; row < grid.height; row += 1) {
    const start = row * grid.width;
    for (const { at: [a, b, c, d], t } of columns) {
      wide[at] = cubic(grid.values[start + a], grid.values[start + b], grid.values[start + c], grid.values[start + d], t);
      at += 1;
    }
  }
  const strengths = new Float32Array(width * height);
  neighbours(height, grid.height).forEach(({ at: rows, t }, row) => {
    const [a, b, c, d] = rows.map((one) => one * width);
    for (let x = 0; x < width; x += 1) {
      strengths[row * width + x] = cubic(wide[a + x], wide[b + x], wide[c + x], wide[d + x], t);
    }
  });
  return { width, height, strengths };
}

/** The colours of 256 strengths, red, green, blue, opacity: one-sided from 0 to 1, two-sided from -1 to 1. */
const TABLES = new Map();
function colourTable(diverging, colours) {
  const name = diverging ? "two-sided" : colours;
  if (!TABLES.has(name)) {
    const table = new Uint8ClampedArray(256 * 4);
    for (let step = 0; step < 256; step += 1) {
      const strength = diverging ? (step - 128) / 127 : step / 255;
      table.set([...strengthColour(strength, diverging, colours), 255 * Math.min(1, Math.abs(strength) * FADE)], step * 4);
    }
    TABLES.set(name, table);
  }
  return TABLES.get(name);
}

function paintMap({ width, height, strengths }, diverging, { colours, threshold }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  const table = colourTable(diverging, colours);
  const least = threshold / 100;
  for (let at = 0; at < strengths.length; at += 1) {
    const strength = clamp(strengths[at], diverging ? -1 : 0, 1);
    if (Math.abs(strength) < least || strength === 0) continue;
    const step = 4 * (diverging ? 128 + Math.round(127 * strength) : Math.round(255 * strength));
    for (let part = 0; part < 4; part += 1) pixels.data[at * 4 + part] = table[step + part];
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
