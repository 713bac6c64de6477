/* What is drawn on the canvas, back to front: photo, tiles, heat map, boxes with their labels. */

const MOST_COVERED = 0.15; // of a label's area

function paintStage(viewer) {
  const { context, stage, photo, pictures } = viewer;
  const place = placePhoto(viewer.view, photo, stage);
  context.setTransform(viewer.density, 0, 0, viewer.density, 0, 0);
  context.clearRect(0, 0, stage.width, stage.height);
  context.imageSmoothingQuality = "high";
  context.imageSmoothingEnabled = place.scale < 3; // single pixels become visible as such
  if (pictures.base) context.drawImage(pictures.base, place.left, place.top, place.width, place.height);
  for (const tile of pictures.paintOrder()) {
    context.drawImage(tile.picture, place.left + tile.x * place.scale, place.top + tile.y * place.scale,
      tile.width * place.scale, tile.height * place.scale);
  }
  context.imageSmoothingEnabled = true;
  if (viewer.heatPicture && viewer.heatOn) {
    context.globalAlpha = viewer.heatOpacity;
    context.drawImage(viewer.heatPicture, place.left, place.top, place.width, place.height);
    context.globalAlpha = 1;
  }
  if (viewer.boxesOn) paintBoxes(viewer, place);
  if (viewer.drawing) paintDrawing(viewer, place);
}

const boxOnStage = ([xMin, yMin, xMax, yMax], place) => ({
  x: place.left + xMin * place.scale,
  y: place.top + yMin * place.scale,
  width: (xMax - xMin) * place.scale,
  height: (yMax - yMin) * place.scale,
});

function paintBoxes(viewer, place) {
  const { context, data } = viewer;
  const shown = data.boxes.map((box) => ({ box, at: boxOnStage(box.box_xyxy_px, place) }))
    .filter(({ at }) => at.x < viewer.stage.width && at.y < viewer.stage.height && at.x + at.width > 0 && at.y + at.height > 0)
    .sort((a, b) => (a.box.id === viewer.selected) - (b.box.id === viewer.selected));
  for (const { box, at } of shown) {
    const strong = box.id === viewer.selected || box.id === viewer.hovered;
    context.lineJoin = "round";
    context.strokeStyle = "rgb(0 0 0 / 65%)"; // a dark rim keeps the line visible on sky and snow
    context.lineWidth = strong ? 7 : 5;
    context.strokeRect(at.x, at.y, at.width, at.height);
    context.strokeStyle = box.severity.line;
    context.lineWidth = strong ? 4 : 2.5;
    context.strokeRect(at.x, at.y, at.width, at.height);
  }
  const taken = shown.map(({ at }) => at);
  const isStrong = ({ box }) => box.id === viewer.selected || box.id === viewer.hovered;
  // Urgent boxes come first in the list and so get the room; those in focus are painted last, over all others.
  for (const { box, at } of shown.filter((one) => !isStrong(one)).sort((a, b) => a.box.id - b.box.id)) {
    const label = layLabel(viewer, box, at, taken) ?? layLabel(viewer, { ...box, text: "" }, at, taken);
    if (label) { taken.push(label); paintLabel(viewer, label); }
  }
  for (const { box, at } of shown.filter(isStrong)) paintLabel(viewer, layLabel(viewer, box, at, []));
}

const overlapPx = (a, b) => Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x))
  * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/** Above, below, right or left of the box: where least is covered; none where most of the label would cover others. */
function placeLabel(at, width, height, stage, taken) {
  const gap = 5;
  const places = [
    [at.x - 1, at.y - height - gap], [at.x - 1, at.y + at.height + gap],
    [at.x + at.width + gap, at.y], [at.x - width - gap, at.y],
    [at.x - 1, at.y - 2 * height - 2 * gap], [at.x - 1, at.y + at.height + height + 2 * gap],
  ].map(([x, y]) => ({
    x: clamp(x, 2, Math.max(2, stage.width - width - 2)), y: clamp(y, 2, stage.height - height - 2), width, height,
  }));
  const covered = (label) => taken.reduce((sum, other) => sum + overlapPx(label, other), 0);
  const best = places.reduce((one, other) => (covered(other) < covered(one) ? other : one));
  return covered(best) <= MOST_COVERED * width * height ? best : null;
}

/** A label's words and place, or none where there is no room for it. */
function layLabel(viewer, box, at, taken) {
  const { context, stage } = viewer;
  context.font = `600 13px ${viewer.font}`;
  const words = `${box.severity.icon} ${box.text}`.trim();
  const place = placeLabel(at, context.measureText(words).width + 14, 22, stage, taken);
  return place && { ...place, words, severity: box.severity };
}

function paintLabel(viewer, label) {
  const { context } = viewer;
  context.fillStyle = label.severity.fill;
  context.beginPath();
  context.roundRect(label.x, label.y, label.width, label.height, 4);
  context.fill();
  context.strokeStyle = "rgb(0 0 0 / 45%)";
  context.lineWidth = 1;
  context.stroke();
  context.fillStyle = label.severity.ink;
  context.textBaseline = "middle";
  context.fillText(label.words, label.x + 7, label.y + label.height / 2 + 0.5);
}

/** The smallest box under a point of the stage, or none. */
function boxAt(viewer, x, y) {
  const place = placePhoto(viewer.view, viewer.photo, viewer.stage);
  const under = viewer.data.boxes.filter(({ box_xyxy_px: box }) => {
    const at = boxOnStage(box, place);
    return x >= at.x - 6 && x <= at.x + at.width + 6 && y >= at.y - 6 && y <= at.y + at.height + 6;
  });
  const area = ({ box_xyxy_px: [xMin, yMin, xMax, yMax] }) => (xMax - xMin) * (yMax - yMin);
  return under.sort((a, b) => area(a) - area(b))[0];
}
