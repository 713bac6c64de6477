/* All panels: what they share, and what the page is told. One instance for each mounted component. */
const PANELS = new WeakMap(); // root of the mounted component → Panels
const TELL_AFTER_MS = 350;

class Panels {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`[data-part=${name}]`);
    this.stages = [];
    this.view = FITTING_VIEW;
    this.drawing = false;
    this.find("colours").append(...Object.keys(SCALES).map((name) => new Option(name, name)));
    for (const name of ["opacity", "threshold", "colours"]) {
      this.find(name).addEventListener("input", () => this.changeLook());
    }
    this.find("fit").addEventListener("click", () => this.setView(FITTING_VIEW));
    this.find("draw").addEventListener("click", () => this.toggleDrawing());
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.find("stages"));
  }

  update({ data, setStateValue, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.setState = setStateValue;
    this.trigger = setTriggerValue;
    if (JSON.stringify(before?.look) !== JSON.stringify(data.look)) this.takeLook(data.look);
    const photos = data.panels.map((panel) => panel.photo.sha256).join();
    if (photos !== this.photos) { this.photos = photos; this.view = FITTING_VIEW; }
    while (this.stages.length > data.panels.length) this.stages.pop().element.remove();
    while (this.stages.length < data.panels.length) {
      const stage = new PanelStage(this);
      this.stages.push(stage);
      this.find("stages").append(stage.element);
    }
    data.panels.forEach((panel, index) => this.stages[index].update(panel));
    this.find("draw").hidden = !data.can_draw;
    if (!data.can_draw) this.toggleDrawing(false);
    this.describeScale();
    this.resize();
  }

  takeLook(look) {
    this.look = { ...look };
    this.find("opacity").value = look.opacity;
    this.find("threshold").value = look.threshold;
    this.find("colours").value = look.colours;
    for (const stage of this.stages) stage.colour();
  }

  changeLook() {
    const before = this.look;
    this.look = {
      opacity: Number(this.find("opacity").value), threshold: Number(this.find("threshold").value),
      colours: this.find("colours").value,
    };
    if (before.threshold !== this.look.threshold || before.colours !== this.look.colours) {
      for (const stage of this.stages) stage.colour();
    }
    this.describeScale();
    this.redraw();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.setState("look", this.look), TELL_AFTER_MS);
  }

  describeScale() {
    const maps = this.data.panels.filter((panel) => panel.grid);
    this.find("gradient").parentElement.hidden = !maps.length;
    const diverging = maps.some((panel) => panel.diverging);
    this.find("gradient").style.background = scaleGradient(diverging, this.look.colours);
    this.find("low").textContent = diverging ? this.data.two_sides[0] : "nothing";
    this.find("high").textContent = diverging ? this.data.two_sides[1] : "most";
    this.find("colours").disabled = maps.length > 0 && maps.every((panel) => panel.diverging);
  }

  resize() {
    if (!this.data) return;
    const width = this.find("stages").clientWidth;
    const fitting = Math.max(1, Math.floor((width + 12) / 300)); // a panel is at least 290 px wide
    this.find("stages").style.setProperty("--columns", Math.min(this.stages.length, fitting, 4));
    const tallest = this.stages.length === 1 ? Math.min(window.innerHeight * 0.66, 620) : 460;
    for (const stage of this.stages) stage.resize(tallest);
    this.paint();
  }

  setView(view) {
    const { data, size } = this.stages[0];
    this.view = clampView(view, data.photo, size);
    this.redraw();
  }

  zoomBy(factor) {
    const { data, size } = this.stages[0];
    this.setView(zoomAround(this.view, factor, size.width / 2, size.height / 2, data.photo, size));
  }

  toggleDrawing(on = !this.drawing) {
    this.drawing = on;
    this.find("draw").setAttribute("aria-pressed", String(on));
    this.find("stages").classList.toggle("drawing", on);
  }

  tellBox(box) {
    this.toggleDrawing(false);
    this.trigger("box", box);
  }

  redraw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  paint() { for (const stage of this.stages) stage.paint(); }

  close() {
    this.resizing.disconnect();
    clearTimeout(this.telling);
    cancelAnimationFrame(this.frame);
  }
}

export default function mount(component) {
  const root = component.parentElement;
  if (!PANELS.has(root)) PANELS.set(root, new Panels(root));
  PANELS.get(root).update(component);
  return () => { PANELS.get(root)?.close(); PANELS.delete(root); };
}
