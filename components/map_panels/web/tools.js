/* Pointers on a stage: zoom and move for all panels at once, or draw a box on the photo. */
const LEAST_BOX_PX = 6; // on the screen; less is a click

function listenToStage(stage) {
  const { canvas, owner } = stage;
  let from = null;
  const at = (event) => {
    const bounds = canvas.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };
  canvas.addEventListener("wheel", (event) => {
    // The page scrolls past a photo that fits; it is zoomed with Ctrl, or when it is magnified already.
    if (!event.ctrlKey && owner.view.zoom <= 1.01) return;
    event.preventDefault();
    const { x, y } = at(event);
    owner.setView(zoomAround(owner.view, Math.exp(-event.deltaY * 0.002), x, y, stage.data.photo, stage.size));
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => {
    if (owner.drawing) return;
    const { x, y } = at(event);
    owner.setView(owner.view.zoom > 1.01
      ? FITTING_VIEW : zoomAround(owner.view, 2.5, x, y, stage.data.photo, stage.size));
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    from = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    if (owner.drawing) {
      stage.drawn = boxBetween(stage, from, to);
      owner.redraw();
      return;
    }
    if (owner.view.zoom > 1.01) owner.setView(panBy(owner.view, to.x - from.x, to.y - from.y, stage.data.photo, stage.size));
    from = to;
  });
  const end = (event) => {
    const to = at(event);
    const isBox = from && owner.drawing && Math.abs(to.x - from.x) >= LEAST_BOX_PX && Math.abs(to.y - from.y) >= LEAST_BOX_PX;
    const box = isBox ? boxBetween(stage, from, to) : null;
    from = null;
    stage.drawn = null;
    if (box) owner.tellBox(box);
    owner.redraw();
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", () => { from = null; stage.drawn = null; owner.redraw(); });
  canvas.addEventListener("keydown", (event) => {
    const run = {
      "+": () => owner.zoomBy(1.4), "=": () => owner.zoomBy(1.4), "-": () => owner.zoomBy(1 / 1.4),
      0: () => owner.setView(FITTING_VIEW), Escape: () => owner.toggleDrawing(false),
    }[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  });
}

/** Corners in px of the photo, within it. */
function boxBetween(stage, from, to) {
  const { left, top, scale } = stage.place();
  const { width_px: width, height_px: height } = stage.data.photo;
  const x = [from.x, to.x].map((px) => clamp((px - left) / scale, 0, width)).sort((a, b) => a - b);
  const y = [from.y, to.y].map((px) => clamp((px - top) / scale, 0, height)).sort((a, b) => a - b);
  return [x[0], y[0], x[1], y[1]].map(Math.round);
}
