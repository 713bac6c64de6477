/* What the stage paints from: thumbnail at once, then the standard picture, then tiles for the part in view. */
const TILES_KEPT = 96; // 1 MB each when decoded

class Pictures {
  constructor(photo, onChange, onError) {
    this.photo = photo;
    this.onChange = onChange;
    this.onError = onError;
    this.base = null; // thumbnail, then standard
    this.standardLoaded = false;
    this.tiles = new Map(); // name → ImageBitmap; the order is that of last use
    this.loading = new Map(); // name → AbortController
    this.failed = new Set();
    this.closed = new AbortController();
    this.load();
  }

  async load() {
    this.fetch(this.photo.urls.thumbnail, this.closed.signal)
      .then((picture) => { if (!this.standardLoaded) this.showBase(picture); })
      .catch(() => {}); // only a foretaste: the standard picture reports what is wrong
    try {
      const picture = await this.fetch(this.photo.urls.standard, this.closed.signal);
      this.standardLoaded = true;
      this.showBase(picture);
    } catch (error) {
      if (error.name !== "AbortError") this.onError(error.message);
    }
  }

  showBase(picture) {
    if (this.closed.signal.aborted) return;
    this.base = picture;
    this.onChange();
  }

  async fetch(url, signal) {
    let response;
    try {
      response = await fetch(url, { signal });
    } catch (error) {
      throw error.name === "AbortError" ? error : new Error("the server does not answer");
    }
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return createImageBitmap(await response.blob());
  }

  /** Start what is needed, stop what no longer is. */
  want(tiles) {
    const names = new Set(tiles.map((tile) => tile.name));
    for (const [name, controller] of this.loading) {
      if (!names.has(name)) controller.abort();
    }
    for (const tile of tiles) {
      if (!this.tiles.has(tile.name) && !this.loading.has(tile.name) && !this.failed.has(tile.name)) this.loadTile(tile);
    }
  }

  async loadTile(tile) {
    const controller = new AbortController();
    this.loading.set(tile.name, controller);
    try {
      const picture = await this.fetch(`${this.photo.urls.tiles}/${tile.name}`, controller.signal);
      if (this.closed.signal.aborted) return;
      this.tiles.set(tile.name, picture);
      while (this.tiles.size > TILES_KEPT) this.tiles.delete(this.tiles.keys().next().value);
    } catch (error) {
      if (error.name !== "AbortError") this.failed.add(tile.name); // the standard picture stays visible there
    } finally {
      this.loading.delete(tile.name);
      if (!this.closed.signal.aborted) this.onChange();
    }
  }

  /** Loaded tiles, coarse ones first, so that fine ones are painted over them. */
  *paintOrder() {
    const parsed = [...this.tiles].map(([name, picture]) => [name.split("/").map(Number), picture]);
    parsed.sort(([a], [b]) => b[0] - a[0]);
    for (const [[level, column, row], picture] of parsed) {
      const side = TILE_SIZE_PX * 2 ** level;
      yield {
        picture, x: column * side, y: row * side,
        width: Math.min(side, this.photo.width_px - column * side),
        height: Math.min(side, this.photo.height_px - row * side),
      };
    }
  }

  close() {
    this.closed.abort();
    for (const controller of this.loading.values()) controller.abort();
    this.tiles.clear();
  }
}
