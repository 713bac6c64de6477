/* One canvas: a picture, or two of which the second is seen right of the divider. */
class PairPane {
  constructor(owner) {
    this.owner = owner;
    this.element = document.createElement("figure");
    this.element.innerHTML = '<figcaption></figcaption><div class="stage"><canvas role="img" tabindex="0"></canvas></div>';
    this.canvas = this.element.querySelector("canvas");
    this.size = { width: 1, height: 1 };
    this.sides = [];
    this.listen();
  }

  update(sides) {
    this.sides = sides;
    const titles = sides.map(({ title }) => title);
    this.element.querySelector("figcaption").replaceChildren(...titles.map((title) => {
      const span = document.createElement("span");
      span.textContent = title;
      return span;
    }));
    this.canvas.setAttribute("aria-label", titles.join(" under the slider, right of it: "));
  }

  /** As wide as its column, as high as the first picture asks for, within the screen. */
  resize(tallest) {
    const stage = this.element.querySelector(".stage");
    const width = stage.clientWidth;
    if (!width) return;
    const { width_px: pictureWidth, height_px: pictureHeight } = this.sides[0];
    const height = Math.round(Math.min(width * pictureHeight / pictureWidth, tallest));
    stage.style.height = `${height}px`;
    this.size = { width, height };
    this.density = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * this.density);
    this.canvas.height = Math.round(height * this.density);
  }

  paint() {
    const context = this.canvas.getContext("2d");
    context.setTransform(this.density || 1, 0, 0, this.density || 1, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    context.imageSmoothingQuality = "high";
    const divider = this.owner.split * this.size.width;
    this.sides.forEach((side, index) => {
      const place = placePhoto(clampView(this.owner.view, side, this.size), side, this.size);
      context.imageSmoothingEnabled = place.scale < 3; // pixels are to be seen when they are magnified
      context.save();
      if (index) {
        context.beginPath();
        context.rect(divider, 0, this.size.width - divider, this.size.height);
        context.clip();
        context.clearRect(divider, 0, this.size.width, this.size.height);
      }
      if (side.picture) context.drawImage(side.picture, place.left, place.top, place.width, place.height);
      context.restore();
    });
    if (this.sides.length > 1) this.paintDivider(context, divider);
  }

  paintDivider(context, x) {
    for (const [style, width] of [["rgb(0 0 0 / 60%)", 5], ["#f4f6f8", 2]]) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, this.size.height);
      context.stroke();
    }
  }

  listen() {
    const { canvas, owner } = this;
    let from = null;
    let isDivider = false;
    const at = (event) => {
      const bounds = canvas.getBoundingClientRect();
      return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    };
    canvas.addEventListener("wheel", (event) => {
      // The page scrolls past a picture that fits; it is zoomed with Ctrl, or when it is magnified already.
      if (!event.ctrlKey && owner.view.zoom <= 1.01) return;
      event.preventDefault();
      const { x, y } = at(event);
      owner.setView(zoomAround(owner.view, Math.exp(-event.deltaY * 0.002), x, y, this.sides[0], this.size));
    }, { passive: false });
    canvas.addEventListener("dblclick", (event) => {
      const { x, y } = at(event);
      owner.setView(owner.view.zoom > 1.01
        ? FITTING_VIEW : zoomAround(owner.view, 2.5, x, y, this.sides[0], this.size));
    });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      from = at(event);
      isDivider = this.sides.length > 1 && Math.abs(from.x - owner.split * this.size.width) < 24;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!from) return;
      const to = at(event);
      if (isDivider) owner.setSplit(to.x / this.size.width);
      else if (owner.view.zoom > 1.01) owner.setView(panBy(owner.view, to.x - from.x, to.y - from.y, this.sides[0], this.size));
      from = to;
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { from = null; });
    canvas.addEventListener("keydown", (event) => {
      const run = {
        "+": () => owner.zoomBy(1.4), "=": () => owner.zoomBy(1.4), "-": () => owner.zoomBy(1 / 1.4),
        0: () => owner.setView(FITTING_VIEW),
        ArrowLeft: () => owner.setSplit(owner.split - 0.05), ArrowRight: () => owner.setSplit(owner.split + 0.05),
      }[event.key];
      if (!run) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    });
  }
}
