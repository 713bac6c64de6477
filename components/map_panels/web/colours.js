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

/** A map at the size at which it is painted, worked out once: colours and threshold change often, cells do not. */
function resampled(grid, photo) {
  const shrink = HEAT_LONG_SIDE_PX / Math.max(photo.width_px, photo.height_px);
  const width = Math.max(1, Math.round(photo.width_px * shrink));
  const height = Math.max(1, Math.round(photo.height_px * shrink));
  const strengths = new Float32Array(width * height);
  for (let row = 0, at = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, at += 1) {
      strengths[at] = sampleGrid(grid, (column + 0.5) / width, (row + 0.5) / height);
    }
  }
  return { width, height, strengths };
}

function paintMap({ width, height, strengths }, diverging, { colours, threshold }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  const least = threshold / 100;
  for (let at = 0; at < strengths.length; at += 1) {
    const strength = clamp(strengths[at], diverging ? -1 : 0, 1);
    const size = Math.abs(strength);
    if (size < least || size === 0) continue;
    const [red, green, blue] = strengthColour(strength, diverging, colours);
    pixels.data.set([red, green, blue, 255 * Math.min(1, size * FADE)], at * 4);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
