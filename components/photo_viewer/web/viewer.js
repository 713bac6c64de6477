/* The viewer: keeps what is seen (view, toggles) and talks to the page. One instance for each mounted stage. */
const VIEWERS = new WeakMap(); // root of the mounted component → Viewer

const BETTER_HEAT_AFTER_MS = 400; // who pages quickly through photos asks for no map of those in between

class Viewer {
  constructor(root) {
    this.find = (name) => root.querySelector(`[data-part=${name}]`);
    this.canvas = this.find("canvas");
    this.context = this.canvas.getContext("2d");
    this.tool = TOOLS.look;
    this.stage = { width: 1, height: 1 };
    this.density = 1;
    this.view = FITTING_VIEW;
    this.heatOpacity = 0.6;
    this.stopKeys = listenToKeys(this);
    listenToPointers(this, this.canvas);
    listenToButtons(this);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.find("stage"));
  }

  /** Take what the page says; keep what the person has set. */
  update({ data, setTriggerValue, setStateValue }) {
    const before = this.data;
    this.data = data;
    this.send = setTriggerValue;
    this.sendState = setStateValue;
    this.tool = TOOLS[data.tool] ?? TOOLS.look;
    this.canvas.style.cursor = this.tool.cursor;
    if (data.tool === "draw" && before?.tool !== "draw") this.boxesOn = true;
    if (JSON.stringify(before?.boxes) !== JSON.stringify(data.boxes)) { this.selected = null; this.hovered = null; }
    this.font = getComputedStyle(this.find("stage")).fontFamily;
    if (before?.photo.sha256 !== data.photo.sha256) this.openPhoto();
    if (!before) { this.boxesOn = data.show_boxes; this.heatOn = data.heat?.shown ?? false; }
    if (before?.heat?.url !== data.heat?.url) this.loadHeat();
    if (data.view && JSON.stringify(before?.view) !== JSON.stringify(data.view)) this.setView(data.view, false);
    if (before && before.selected !== data.selected && data.selected !== null) this.selectBox(data.selected, false);
    describe(this);
    this.setTouch();
    this.resize();
  }

  openPhoto() {
    this.pictures?.close();
    this.photo = this.data.photo;
    this.view = FITTING_VIEW;
    this.selected = null;
    this.hovered = null;
    this.drawing = null;
    this.showError("");
    this.pictures = new Pictures(this.photo, () => this.redraw(), (reason) => this.showError(
      `${this.photo.name}: the picture could not be loaded (${reason}). Check that Gridlens is running, then reload the page.`));
  }

  async loadHeat() {
    this.betterAsked = null;
    this.heatPicture = null;
    this.heatGrid = null;
    const heat = this.data.heat;
    if (!heat) return;
    try {
      const response = await fetch(heat.url);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const grid = await response.json();
      if (this.data.heat?.url !== heat.url) return; // another one was chosen meanwhile
      this.heatGrid = { ...grid, values: grid.values.flat() };
      this.heatPicture = paintHeat(this.heatGrid, heat.diverging, this.photo);
    } catch (error) {
      this.heatProblem = error.message;
    }
    describe(this);
    this.redraw();
    this.loadBetterHeat();
  }

  /** The map of the method that measured best, in place of the prediction's own; which stays where there is none. */
  async loadBetterHeat() {
    const heat = this.data.heat;
    const isWanted = () => this.heatOn && this.data.heat?.better_url === heat.better_url;
    if (!heat?.better_url || !isWanted() || this.betterAsked === heat.better_url) return;
    await new Promise((resolve) => setTimeout(resolve, BETTER_HEAT_AFTER_MS));
    if (!isWanted() || this.betterAsked === heat.better_url) return;
    this.betterAsked = heat.better_url;
    try {
      const response = await fetch(heat.better_url);
      const { map } = response.ok ? await response.json() : {};
      if (!map || this.data.heat?.better_url !== heat.better_url) return;
      this.heatGrid = { ...map, values: map.values.flat(), isBetter: true };
      this.heatPicture = paintHeat(this.heatGrid, heat.diverging, this.photo);
      describe(this);
      this.redraw();
    } catch {
      this.betterAsked = null; // the connection was lost: asked for again with the next look
    }
  }

  resize() {
    const bounds = this.find("stage").getBoundingClientRect();
    if (!this.data || bounds.width < 1) return;
    this.stage = { width: bounds.width, height: bounds.height };
    this.density = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(bounds.width * this.density);
    this.canvas.height = Math.round(bounds.height * this.density);
    this.view = clampView(this.view, this.photo, this.stage);
    paintStage(this); // at once: a resized canvas is blank
    this.redraw();
  }

  redraw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.pictures) return;
      this.pictures.want(neededTiles(this.view, this.photo, this.stage, this.density));
      paintStage(this);
      showStatus(this);
    });
  }

  /** A finger scrolls the page over a whole photo, and moves a magnified one; while boxes are drawn it draws. */
  setTouch() {
    this.canvas.style.touchAction = this.tool === TOOLS.draw || this.view.zoom > 1.01 ? "none" : "pan-y";
  }

  setView(view, tell = true) {
    cancelAnimationFrame(this.flight);
    this.view = clampView(view, this.photo, this.stage);
    this.setTouch();
    this.redraw();
    if (!tell || !this.data.report_view) return;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.sendState("view", this.view), 250);
  }

  flyTo(target) {
    const from = this.view;
    const to = clampView(target, this.photo, this.stage);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { this.setView(to); return; }
    const start = performance.now();
    const step = (now) => {
      const part = clamp((now - start) / 220, 0, 1);
      const eased = 1 - (1 - part) ** 3;
      const zoom = from.zoom * (to.zoom / from.zoom) ** eased;
      const way = Math.abs(to.zoom - from.zoom) < 1e-6 ? eased : (1 / zoom - 1 / from.zoom) / (1 / to.zoom - 1 / from.zoom);
      this.setView({ zoom, x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way });
      if (part < 1) this.flight = requestAnimationFrame(step);
    };
    step(start);
  }

  zoomBy(factor) {
    this.flyTo(zoomAround(this.view, factor, this.stage.width / 2, this.stage.height / 2, this.photo, this.stage));
  }

  toggleHeat(on = !this.heatOn) {
    this.heatOn = on;
    describe(this);
    this.redraw();
    this.loadBetterHeat();
  }

  toggleBoxes(on = !this.boxesOn) { this.boxesOn = on; describe(this); this.redraw(); }

  toggleHelp(on = !this.helpOpen) {
    this.helpOpen = on;
    this.find("help").hidden = !on;
    this.find("help-button").setAttribute("aria-expanded", String(on));
  }

  hoverAt(x, y) {
    const box = this.boxesOn && boxAt(this, x, y);
    this.canvas.style.cursor = box ? "pointer" : this.tool.cursor;
    if ((box?.id ?? null) === this.hovered) return;
    this.hovered = box?.id ?? null;
    this.redraw();
  }

  selectAt(x, y) {
    const box = this.boxesOn && boxAt(this, x, y);
    if (box) this.selectBox(box.id, false);
  }

  selectBox(id, fly = true) {
    const box = this.data.boxes.find((one) => one.id === id);
    if (!box) return;
    this.selected = id;
    this.toggleBoxes(true);
    if (fly) this.flyTo(viewOfBox(box.box_xyxy_px, this.photo, this.stage));
  }

  photoPointAt(x, y) { return photoPoint(x, y, this.view, this.photo, this.stage); }

  emitDrawn(from, to) {
    const scale = placePhoto(this.view, this.photo, this.stage).scale;
    const box = boxBetween(from, to, Math.max(LEAST_DRAWN_CSS_PX / scale, LEAST_DRAWN_PX));
    if (box) this.send("drawn", { sha256: this.photo.sha256, box_xyxy_px: box });
  }

  emitRemoved(id) {
    if (id !== null && id !== undefined) this.send("removed", { sha256: this.photo.sha256, id });
  }

  emit(action) {
    const enabled = { previous: this.data.has_previous, next: this.data.has_next }[action] ?? true;
    if (enabled) this.send("action", { action, sha256: this.photo.sha256 });
  }

  isOnScreen() {
    const { bottom, top, width } = this.canvas.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < window.innerHeight;
  }

  showError(text) {
    this.find("error").textContent = text;
    this.find("error").hidden = !text;
  }

  close() {
    this.stopKeys();
    this.resizing.disconnect();
    this.pictures?.close();
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.flight);
    clearTimeout(this.telling);
  }
}

export default function mount(component) {
  const root = component.parentElement;
  let viewer = VIEWERS.get(root);
  if (!viewer) {
    viewer = new Viewer(root);
    VIEWERS.set(root, viewer);
  }
  viewer.update(component);
  return () => { viewer.close(); VIEWERS.delete(root); };
}
