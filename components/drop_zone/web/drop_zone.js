/* The drop zone itself. The upload belongs to the page's key, not to the mounted element: it goes on and is
 * shown again when Streamlit draws the element anew. */
const UPLOADS = new Map(); // key → Upload
const ZONES = new WeakMap(); // root of the mounted component → Zone
const REPORT_EVERY_MS = 2000;

const plural = (count, noun) => `${count.toLocaleString("en").replaceAll(",", "\u202f")} ${noun}${count === 1 ? "" : "s"}`;
const megabytes = (bytes) => (bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6)} MB`);

function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

class Zone {
  constructor(root) {
    this.find = (name) => root.querySelector(`[data-part=${name}]`);
    const zone = this.find("zone");
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
    }
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(event.relatedTarget)) zone.classList.remove("over");
    });
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      this.begin(droppedFiles(event.dataTransfer));
    });
    for (const [button, input] of [["browse", "files"], ["browse-folder", "folder"]]) {
      this.find(button).addEventListener("click", () => this.find(input).click());
      this.find(input).addEventListener("change", (event) => {
        this.begin(chosenFiles([...event.target.files]));
        event.target.value = ""; // the same files can be chosen again
      });
    }
    this.find("stop").addEventListener("click", () => this.upload?.stop());
    this.warn = (event) => { if (this.isBusy()) event.preventDefault(); };
    window.addEventListener("beforeunload", this.warn);
  }

  update({ data, setStateValue }) {
    this.data = data;
    this.setStateValue = setStateValue;
    this.find("zone").classList.toggle("large", data.large);
    this.find("limits").textContent = `JPEG, PNG, TIFF or WebP, up to ${Math.round(data.max_bytes / 1e6)} MB each`;
    const known = UPLOADS.get(data.key);
    if (known) known.onChange = (urgent) => this.changed(urgent);
    this.draw();
  }

  get upload() { return UPLOADS.get(this.data.key); }

  isBusy() { return ["preparing", "sending"].includes(this.upload?.state); }

  begin(files) {
    if (this.isBusy()) return;
    const upload = new Upload(this.data, (urgent) => this.changed(urgent));
    UPLOADS.set(this.data.key, upload);
    this.draw();
    upload.start(files);
  }

  /** Draw at most once a frame; tell Python at turning points, and in between only now and then. */
  changed(urgent = false) {
    if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
    const now = performance.now();
    if (!urgent && now - (this.reportedAt ?? 0) < REPORT_EVERY_MS) return;
    if (!urgent && this.upload.state === "preparing") return;
    this.reportedAt = now;
    const { batch, state, total, sent, refused, failures } = this.upload;
    this.setStateValue("upload", { batch, state, total, sent, refused, failures: failures.slice(0, 200) });
  }

  draw() {
    const { upload } = this;
    const busy = this.isBusy();
    this.find("progress").hidden = !busy;
    this.find("invite").hidden = busy;
    if (!upload) return;
    if (busy) this.drawProgress(upload);
    this.drawEnding(upload, busy);
    this.drawFailures(upload.failures);
  }

  drawProgress(upload) {
    const { bytes, perSecond, secondsLeft } = upload.progress();
    const part = upload.totalBytes ? (bytes / upload.totalBytes) * 100 : 0;
    const done = upload.sent + upload.refused + upload.failures.length;
    this.find("count").textContent = upload.state === "preparing"
      ? `Looking through the folders: ${plural(upload.total, "file")}`
      : `Sending ${done} of ${plural(upload.total, "file")}`;
    this.find("rate").textContent = upload.state === "preparing" || !perSecond ? ""
      : `${megabytes(perSecond)}/s · ${duration(secondsLeft)} left`;
    this.find("fill").style.width = `${part}%`;
    this.find("bar").setAttribute("aria-valuenow", String(Math.round(part)));
  }

  drawEnding(upload, busy) {
    const words = {
      done: `${plural(upload.sent, "photo")} received`,
      stopped: `Stopped: ${upload.sent} of ${plural(upload.total, "file")} received; drop the rest again whenever you like`,
      nothing: "No photos in there: expected JPEG, PNG, TIFF or WebP files",
      empty: "Nothing to send: the folder is empty",
      failed: "Nothing was sent",
    }[upload.state] ?? "";
    const extras = [];
    if (upload.refused) extras.push(`${plural(upload.refused, "file")} could not be read`);
    if (upload.known) extras.push(`${upload.known} of them already known`);
    if (upload.skipped && upload.state !== "nothing") extras.push(`${plural(upload.skipped, "other file")} left out`);
    this.find("ending").hidden = busy || !words;
    this.find("ending").textContent = [words, ...extras].join(" · ");
    this.find("limits").hidden = !this.find("ending").hidden;
  }

  /** textContent throughout: file names and reasons are never read as HTML. */
  drawFailures(failures) {
    const box = this.find("failures");
    box.hidden = failures.length === 0;
    if (failures.length === this.failuresDrawn) return;
    this.failuresDrawn = failures.length;
    this.find("failure-count").textContent = `${plural(failures.length, "file")} could not be sent`;
    if (failures.length === 1) box.open = true;
    this.find("failure-list").replaceChildren(...failures.map(({ name, reason }) => {
      const item = document.createElement("li");
      const strong = document.createElement("strong");
      strong.textContent = name;
      item.append(strong, reason);
      return item;
    }));
  }

  close() {
    window.removeEventListener("beforeunload", this.warn);
    cancelAnimationFrame(this.frame);
  }
}

export default function mount(component) {
  const root = component.parentElement;
  let zone = ZONES.get(root);
  if (!zone) {
    zone = new Zone(root);
    ZONES.set(root, zone);
  }
  zone.update(component);
  return () => { zone.close(); ZONES.delete(root); };
}
