/* Both panes: one view, one divider. One instance for each mounted component. */
const PAIRS = new WeakMap(); // root of the mounted component → PairView

class PairView {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`[data-part=${name}]`);
    this.panes = [];
    this.view = FITTING_VIEW;
    this.split = 0.5;
    this.pictures = new Map(); // address → picture
    this.find("nearer").addEventListener("click", () => this.zoomBy(1.4));
    this.find("farther").addEventListener("click", () => this.zoomBy(1 / 1.4));
    this.find("fit").addEventListener("click", () => this.setView(FITTING_VIEW));
    this.find("split").addEventListener("input", (event) => this.setSplit(Number(event.target.value) / 100));
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.find("panes"));
  }

  update({ data }) {
    this.data = data;
    const wanted = new Set(data.sides.map(({ url }) => url));
    for (const url of this.pictures.keys()) if (!wanted.has(url)) this.pictures.delete(url);
    for (const side of data.sides) this.open(side);
    const groups = data.mode === "slider" ? [data.sides] : data.sides.map((side) => [side]);
    while (this.panes.length > groups.length) this.panes.pop().element.remove();
    while (this.panes.length < groups.length) {
      const pane = new PairPane(this);
      this.panes.push(pane);
      this.find("panes").append(pane.element);
    }
    groups.forEach((sides, index) => this.panes[index].update(sides));
    this.find("panes").style.setProperty("--columns", groups.length);
    this.find("slider").hidden = data.mode !== "slider";
    this.resize();
  }

  async open(side) {
    side.picture = this.pictures.get(side.url);
    if (side.picture) return;
    const picture = new Image();
    picture.src = side.url;
    await picture.decode();
    this.pictures.set(side.url, picture);
    side.picture = picture;
    this.redraw();
  }

  resize() {
    if (!this.data) return;
    for (const pane of this.panes) pane.resize(Math.min(window.innerHeight * 0.62, 560));
    this.paint();
  }

  setView(view) {
    this.view = clampView(view, this.panes[0].sides[0], this.panes[0].size);
    this.redraw();
  }

  zoomBy(factor) {
    const { sides, size } = this.panes[0];
    this.setView(zoomAround(this.view, factor, size.width / 2, size.height / 2, sides[0], size));
  }

  setSplit(share) {
    this.split = clamp(share, 0, 1);
    this.find("split").value = Math.round(this.split * 100);
    this.redraw();
  }

  redraw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  paint() { for (const pane of this.panes) pane.paint(); }

  close() {
    this.resizing.disconnect();
    cancelAnimationFrame(this.frame);
  }
}

export default function mount(component) {
  const root = component.parentElement;
  if (!PAIRS.has(root)) PAIRS.set(root, new PairView(root));
  PAIRS.get(root).update(component);
  return () => { PAIRS.get(root)?.close(); PAIRS.delete(root); };
}
