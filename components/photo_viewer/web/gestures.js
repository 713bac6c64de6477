/* Wheel, drag, pinch, double click and keys → calls on the viewer. */

/** What pointers do on the stage. A tool is {cursor, start, move, end}. */
const TOOLS = {
  look: {
    cursor: "grab",
    start() {},
    move(viewer, { dx, dy }) { viewer.setView(panBy(viewer.view, dx, dy, viewer.photo, viewer.stage)); },
    end(viewer, { travelled, x, y }) { if (travelled < 5) viewer.selectAt(x, y); },
  },
  draw: DRAW,
};

const KEYS = [
  { keys: ["ArrowLeft"], shown: "←", does: "previous photo", run: (viewer) => viewer.emit("previous") },
  { keys: ["ArrowRight"], shown: "→", does: "next photo", run: (viewer) => viewer.emit("next") },
  { keys: ["+", "="], shown: "+", does: "zoom in", held: true, run: (viewer) => viewer.zoomBy(1.4) },
  { keys: ["-", "_"], shown: "−", does: "zoom out", held: true, run: (viewer) => viewer.zoomBy(1 / 1.4) },
  { keys: ["0"], shown: "0", does: "fit the whole photo", run: (viewer) => viewer.flyTo(FITTING_VIEW) },
  { keys: ["h", "H"], shown: "h", does: "heat map on or off", run: (viewer) => viewer.toggleHeat() },
  { keys: ["b", "B"], shown: "b", does: "boxes on or off", run: (viewer) => viewer.toggleBoxes() },
  { keys: ["a", "A"], shown: "a", does: "accept the findings", review: true, run: (viewer) => viewer.emit("accept") },
  { keys: ["r", "R"], shown: "r", does: "reject the findings", review: true, run: (viewer) => viewer.emit("reject") },
  { keys: ["Delete", "Backspace"], shown: "Del", does: "take the chosen box away", draws: true, run: (viewer) => viewer.emitRemoved(viewer.selected) },
  { keys: ["?"], shown: "?", does: "show or hide these keys", run: (viewer) => viewer.toggleHelp() },
  { keys: ["Escape"], shown: "Esc", does: "close this list", run: (viewer) => viewer.toggleHelp(false) },
];

const isKeyOf = (entry, data) => !(entry.review && !data.can_review) && !(entry.draws && data.tool !== "draw");

/** What lies in front of the page has its own keys. */
const IN_FRONT = "[role=dialog], [data-testid=stPopoverBody], [data-testid=stDialog]";

/** Elements that use arrows and letters themselves. */
const TYPES_ITSELF = "input, textarea, select, [contenteditable=true], [role=slider], [role=radio], [role=tab], "
  + "[role=option], [role=listbox], [role=combobox], [role=menuitem], [role=gridcell]";

function keyTaken(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const [target, ...around] = event.composedPath().filter((node) => node instanceof Element);
  return Boolean(target?.matches(TYPES_ITSELF) || around.some((node) => node.matches(IN_FRONT)));
}

/** Keys work wherever the focus is, unless it is on something that types. Returns the undo. */
function listenToKeys(viewer) {
  const onKey = (event) => {
    if (keyTaken(event) || !viewer.isOnScreen()) return;
    const entry = KEYS.find(({ keys }) => keys.includes(event.key));
    if (!entry || !isKeyOf(entry, viewer.data)) return;
    if (event.key === "Escape" && !viewer.helpOpen) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Streamlit itself listens to some letters
    if (!event.repeat || entry.held) entry.run(viewer);
  };
  window.addEventListener("keydown", onKey, true);
  return () => window.removeEventListener("keydown", onKey, true);
}

function listenToPointers(viewer, canvas) {
  const pointers = new Map();
  let travelled = 0;
  const place = (event) => {
    const bounds = canvas.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.hypot(a.x - b.x, a.y - b.y) };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, place(event));
    viewer.tool.start(viewer, place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    const now = place(event);
    if (!last) { viewer.hoverAt(now.x, now.y); return; }
    if (pointers.size === 2) {
      const before = spread();
      pointers.set(event.pointerId, now);
      const after = spread();
      viewer.setView(panBy(zoomAround(viewer.view, after.distance / before.distance, after.x, after.y,
        viewer.photo, viewer.stage), after.x - before.x, after.y - before.y, viewer.photo, viewer.stage));
      travelled = Infinity; // a pinch is neither a click nor a box
      return;
    }
    pointers.set(event.pointerId, now);
    travelled += Math.hypot(now.x - last.x, now.y - last.y);
    viewer.tool.move(viewer, { ...now, dx: now.x - last.x, dy: now.y - last.y });
  });
  const release = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === "pointercancel") { viewer.drawing = null; viewer.redraw(); return; }
    if (pointers.size === 0) viewer.tool.end(viewer, { ...place(event), travelled });
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => viewer.hoverAt(-1, -1));
  canvas.addEventListener("dblclick", (event) => {
    const { x, y } = place(event);
    if (viewer.view.zoom > 1.05) viewer.flyTo(FITTING_VIEW);
    else viewer.flyTo(zoomAround(viewer.view, 4, x, y, viewer.photo, viewer.stage));
  });
  canvas.addEventListener("wheel", (event) => {
    if (event.deltaY > 0 && viewer.view.zoom <= 1) return; // already whole: let the page scroll on
    event.preventDefault();
    const { x, y } = place(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const factor = Math.exp(-clamp(event.deltaY * lines, -120, 120) * (event.ctrlKey ? 0.01 : 0.0025));
    viewer.setView(zoomAround(viewer.view, factor, x, y, viewer.photo, viewer.stage));
  }, { passive: false });
}
