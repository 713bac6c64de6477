/* One panel: a photo with a map, its title and its note. */
const PICTURES = new Map(); // address → promise of a picture; panels of one photo share it
const PICTURES_KEPT = 12;

function pictureAt(url) {
  if (!PICTURES.has(url)) {
    PICTURES.set(url, fetch(url).then(async (response) => {
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return createImageBitmap(await response.blob());
    }));
    PICTURES.get(url).catch(() => PICTURES.delete(url));
    while (PICTURES.size > PICTURES_KEPT) PICTURES.delete(PICTURES.keys().next().value);
  }
  return PICTURES.get(url);
}

class PanelStage {
  constructor(owner) {
    this.owner = owner;
    this.element = document.createElement("figure");
    this.element.innerHTML = '<figcaption></figcaption><div class="stage"><canvas role="img" tabindex="0"></canvas>'
      + '<p class="trouble" hidden></p></div><p class="note"></p>';
    this.find = (selector) => this.element.querySelector(selector);
    this.canvas = this.find("canvas");
    this.size = { width: 1, height: 1 };
    listenToStage(this);
  }

  update(data) {
    const before = this.data;
    this.data = data;
    this.find("figcaption").textContent = data.title;
    this.find(".note").textContent = data.note;
    this.say(data.trouble);
    this.canvas.setAttribute("aria-label", `${data.title}: map over ${data.photo.name}. ${data.note} ${data.trouble}`);
    if (before?.photo.sha256 !== data.photo.sha256) this.open();
    if (before?.grid?.values !== data.grid?.values || before?.photo.sha256 !== data.photo.sha256
      || before?.diverging !== data.diverging) this.readMap();
  }

  async open() {
    const { urls, sha256, name } = this.data.photo;
    this.picture = null;
    const show = (picture) => { if (this.data.photo.sha256 === sha256) { this.picture = picture; this.owner.redraw(); } };
    pictureAt(urls.thumbnail).then((picture) => { if (!this.picture) show(picture); }).catch(() => {});
    try {
      show(await pictureAt(urls.standard));
    } catch (error) {
      this.say(`${name}: the picture could not be loaded (${error.message}). Reload the page.`);
    }
  }

  say(words) {
    this.find(".trouble").textContent = words;
    this.find(".trouble").hidden = !words;
  }

  readMap() {
    this.map = this.data.grid ? resampled(readGrid(this.data.grid), this.data.photo) : null;
    this.colour();
  }

  colour() {
    this.heat = this.map ? paintMap(this.map, this.data.diverging, this.owner.look) : null;
  }

  /** As wide as its column, as high as the photo asks for, within the screen. */
  resize(tallest) {
    const stage = this.find(".stage");
    const width = stage.clientWidth;
    if (!width) return;
    const { width_px: photoWidth, height_px: photoHeight } = this.data.photo;
    const height = Math.round(Math.min(width * photoHeight / photoWidth, tallest));
    stage.style.height = `${height}px`;
    this.size = { width, height };
    this.density = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * this.density);
    this.canvas.height = Math.round(height * this.density);
  }

  place() { return placePhoto(clampView(this.owner.view, this.data.photo, this.size), this.data.photo, this.size); }

  paint() {
    const context = this.canvas.getContext("2d");
    const { left, top, width, height, scale } = this.place();
    context.setTransform(this.density || 1, 0, 0, this.density || 1, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    context.imageSmoothingQuality = "high";
    if (this.picture) context.drawImage(this.picture, left, top, width, height);
    if (this.heat) {
      context.globalAlpha = this.owner.look.opacity / 100;
      context.drawImage(this.heat, left, top, width, height);
      context.globalAlpha = 1;
    }
    for (const { text, box_xyxy_px: box } of this.data.boxes) this.outline(context, box, { left, top, scale }, text);
    if (this.drawn) this.outline(context, this.drawn, { left, top, scale }, "");
  }

  outline(context, [xMin, yMin, xMax, yMax], { left, top, scale }, text) {
    const at = [left + xMin * scale, top + yMin * scale, (xMax - xMin) * scale, (yMax - yMin) * scale];
    for (const [style, line] of [["rgb(0 0 0 / 65%)", 4], ["#f4f6f8", 2]]) {
      context.strokeStyle = style;
      context.lineWidth = line;
      context.strokeRect(...at);
    }
    if (!text) return;
    context.font = "600 12px sans-serif";
    const width = context.measureText(text).width + 10;
    const y = at[1] > 20 ? at[1] - 19 : at[1] + at[3] + 3;
    context.fillStyle = "rgb(20 24 29 / 88%)";
    context.fillRect(at[0] - 1, y, width, 17);
    context.fillStyle = "#f4f6f8";
    context.textBaseline = "middle";
    context.fillText(text, at[0] + 4, y + 9);
  }
}
