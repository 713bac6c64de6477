/* Drawing a box: from two points of the stage to pixels of the photo. */
const LEAST_DRAWN_CSS_PX = 6; // a side shorter than that was no box that somebody meant
const LEAST_DRAWN_PX = 2; // and shorter than that in the photo's own px it is none

/** The photo's point under a point of the stage, in px of the photo; beyond its edges it is the nearest one inside. */
function photoPoint(x, y, view, photo, stage) {
  const place = placePhoto(view, photo, stage);
  return {
    x: clamp((x - place.left) / place.scale, 0, photo.width_px),
    y: clamp((y - place.top) / place.scale, 0, photo.height_px),
  };
}

/** The box between two points of the photo, corners rounded to tenths of a px; null where it is thinner than a side. */
function boxBetween(one, other, leastSidePx) {
  const tenth = (value) => Math.round(value * 10) / 10;
  const box = [
    Math.min(one.x, other.x), Math.min(one.y, other.y), Math.max(one.x, other.x), Math.max(one.y, other.y),
  ].map(tenth);
  return box[2] - box[0] >= leastSidePx && box[3] - box[1] >= leastSidePx ? box : null;
}

/** What pointers do while boxes are drawn; see TOOLS. */
const DRAW = {
  cursor: "crosshair",
  start(viewer, { x, y }) {
    viewer.drawing = { from: viewer.photoPointAt(x, y), to: viewer.photoPointAt(x, y) };
  },
  move(viewer, { x, y }) {
    if (!viewer.drawing) return;
    viewer.drawing.to = viewer.photoPointAt(x, y);
    viewer.redraw();
  },
  end(viewer, { travelled, x, y }) {
    const { drawing } = viewer;
    viewer.drawing = null;
    viewer.redraw();
    if (travelled < 5) viewer.selectAt(x, y);
    else if (drawing && Number.isFinite(travelled)) viewer.emitDrawn(drawing.from, viewer.photoPointAt(x, y));
  },
};

/** The box that is being drawn. */
function paintDrawing({ context, drawing: { from, to } }, place) {
  const at = boxOnStage([Math.min(from.x, to.x), Math.min(from.y, to.y), Math.max(from.x, to.x), Math.max(from.y, to.y)], place);
  for (const [colour, width, dash] of [["rgb(0 0 0 / 65%)", 4, []], ["#fff", 2, [7, 5]]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.strokeRect(at.x, at.y, at.width, at.height);
  }
  context.setLineDash([]);
}
