/* A button a layer; the line of shares lies over the bars and takes no clicks. */
const STRIPS = new WeakMap(); // root of the mounted component → Strip
const SVG = "http://www.w3.org/2000/svg";
const percent = (share) => `${Math.round(100 * share)} %`;

class Strip {
  constructor(root) {
    this.find = (name) => root.querySelector(`[data-part=${name}]`);
    this.find("bars").addEventListener("keydown", (event) => this.move(event));
    this.resizing = new ResizeObserver(() => this.placeHere());
    this.resizing.observe(this.find("bars"));
  }

  update({ data, setTriggerValue }) {
    this.data = data;
    this.tell = (name) => setTriggerValue("chosen", name);
    const bars = this.find("bars");
    while (bars.children.length > data.bars.length) bars.lastChild.remove();
    while (bars.children.length < data.bars.length) bars.append(this.newBar());
    data.bars.forEach((bar, index) => this.fill(bars.children[index], bar));
    this.drawLine();
    this.mark(data.here);
  }

  newBar() {
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("span"));
    button.addEventListener("click", () => {
      this.mark(button.dataset.name); // at once; the map follows
      this.tell(button.dataset.name);
    });
    return button;
  }

  fill(button, { name, shape, height, share }) {
    const words = `${name}, ${shape}${share === null ? "" : `: ${percent(share)} of its map on the object`}`;
    button.dataset.name = name;
    button.title = words;
    button.setAttribute("aria-label", words);
    button.firstChild.style.height = `${100 * height}%`;
  }

  mark(name) {
    this.here = name;
    const buttons = [...this.find("bars").children];
    const at = buttons.findIndex((button) => button.dataset.name === name);
    buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", String(index === at));
      button.tabIndex = index === Math.max(at, 0) ? 0 : -1; // one stop of the Tab key; arrows go on from there
    });
    const bar = this.data.bars[at];
    this.find("here").textContent = bar ? `▼ ${bar.name}, ${bar.shape}: you are here` : "";
    this.placeHere();
  }

  /** The words begin over their bar, and stay within the strip. */
  placeHere() {
    const words = this.find("here");
    const button = [...this.find("bars").children].find((one) => one.dataset.name === this.here);
    if (!button) return;
    const most = this.find("bars").clientWidth - words.offsetWidth;
    words.style.left = `${Math.max(0, Math.min(button.offsetLeft + button.offsetWidth / 2 - 5, most))}px`;
  }

  drawLine() {
    const { bars, area } = this.data;
    const known = bars.map((bar, index) => [(index + 0.5) / bars.length, bar.share]).filter(([, share]) => share !== null);
    const parts = [];
    if (known.length > 1) {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute("points", known.map(([x, share]) => `${100 * x},${100 - 100 * share}`).join(" "));
      parts.push(line);
      if (area !== null) {
        const level = document.createElementNS(SVG, "line");
        for (const [name, value] of [["x1", 0], ["x2", 100], ["y1", 100 - 100 * area], ["y2", 100 - 100 * area]]) {
          level.setAttribute(name, value);
        }
        parts.push(level);
      }
    }
    this.find("line").replaceChildren(...parts);
    this.find("scale").textContent = parts.length
      ? `line: share of the map on the object, 0 to 100 %${area === null ? "" : ` · dotted: the object's share of the photo, ${percent(area)}`}` : "";
  }

  move(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step && [...this.find("bars").children].indexOf(event.target) + step;
    const button = step ? this.find("bars").children[next] : null;
    if (!button) return;
    event.preventDefault();
    button.focus();
  }

  close() { this.resizing.disconnect(); }
}

export default function mount(component) {
  const root = component.parentElement;
  if (!STRIPS.has(root)) STRIPS.set(root, new Strip(root));
  STRIPS.get(root).update(component);
  return () => { STRIPS.get(root)?.close(); STRIPS.delete(root); };
}
