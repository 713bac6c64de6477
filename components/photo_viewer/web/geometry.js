/* Geometry of the stage. Pure functions.
 *
 * A view is {x, y, zoom}: the photo's point at the stage's centre as fractions of the photo, and the
 * magnification relative to "fits" (1 = the whole photo is just visible). So one view means the same
 * on stages and photos of any size, which is what linked pairs of photos need.
 */
const FITTING_VIEW = Object.freeze({ x: 0.5, y: 0.5, zoom: 1 });
const MAX_CSS_PX_PER_PHOTO_PX = 8;
const TILE_SIZE_PX = 512;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const fitScale = (photo, stage) => Math.min(stage.width / photo.width_px, stage.height / photo.height_px);

/** Where the photo lies on the stage, in CSS px. */
function placePhoto(view, photo, stage) {
  const scale = fitScale(photo, stage) * view.zoom;
  return {
    scale,
    left: stage.width / 2 - view.x * photo.width_px * scale,
    top: stage.height / 2 - view.y * photo.height_px * scale,
    width: photo.width_px * scale,
    height: photo.height_px * scale,
  };
}

/** The nearest view that shows as much photo as the stage can hold. */
function clampView(view, photo, stage) {
  const fit = fitScale(photo, stage);
  const zoom = clamp(view.zoom, 1, Math.max(MAX_CSS_PX_PER_PHOTO_PX / fit, 2));
  const halfX = stage.width / (2 * photo.width_px * fit * zoom);
  const halfY = stage.height / (2 * photo.height_px * fit * zoom);
  return {
    zoom,
    x: halfX >= 0.5 ? 0.5 : clamp(view.x, halfX, 1 - halfX),
    y: halfY >= 0.5 ? 0.5 : clamp(view.y, halfY, 1 - halfY),
  };
}

/** Magnify by a factor so that the photo's point under (screenX, screenY) stays there. */
function zoomAround(view, factor, screenX, screenY, photo, stage) {
  const before = placePhoto(view, photo, stage);
  const photoX = (screenX - before.left) / before.width;
  const photoY = (screenY - before.top) / before.height;
  const zoom = clampView({ ...view, zoom: view.zoom * factor }, photo, stage).zoom;
  const ratio = view.zoom / zoom;
  return clampView(
    { zoom, x: photoX + (view.x - photoX) * ratio, y: photoY + (view.y - photoY) * ratio }, photo, stage);
}

function panBy(view, dx, dy, photo, stage) {
  const place = placePhoto(view, photo, stage);
  return clampView({ ...view, x: view.x - dx / place.width, y: view.y - dy / place.height }, photo, stage);
}

/** The view in which a box fills about a third of the stage, short of magnified pixels. */
function viewOfBox([xMin, yMin, xMax, yMax], photo, stage) {
  const fit = fitScale(photo, stage);
  const width = Math.max(xMax - xMin, 1) * fit;
  const height = Math.max(yMax - yMin, 1) * fit;
  return clampView({
    zoom: Math.min(Math.min(stage.width / width, stage.height / height) / 3, 1.5 / fit),
    x: (xMin + xMax) / 2 / photo.width_px,
    y: (yMin + yMax) / 2 / photo.height_px,
  }, photo, stage);
}

/** Tiles that the standard picture is too coarse for, or none. Level k is 1/2^k of full resolution. */
function neededTiles(view, photo, stage, devicePixelRatio) {
  const place = placePhoto(view, photo, stage);
  const wanted = Math.min(place.scale * devicePixelRatio, 1);
  const standard = Math.min(1, photo.standard_side_px / Math.max(photo.width_px, photo.height_px));
  const level = Math.max(0, Math.floor(Math.log2(1 / wanted)));
  if (wanted <= standard * 1.1 || 0.5 ** level <= standard) return [];
  const side = TILE_SIZE_PX * 2 ** level; // of a tile, in px of the photo
  const last = (size) => Math.ceil(size / side) - 1;
  const index = (screen, origin) => Math.floor((screen - origin) / place.scale / side);
  const tiles = [];
  for (let row = clamp(index(0, place.top), 0, last(photo.height_px));
    row <= clamp(index(stage.height - 1, place.top), 0, last(photo.height_px)); row += 1) {
    for (let column = clamp(index(0, place.left), 0, last(photo.width_px));
      column <= clamp(index(stage.width - 1, place.left), 0, last(photo.width_px)); column += 1) {
      tiles.push({ level, column, row, name: `${level}/${column}/${row}` });
    }
  }
  return tiles;
}
