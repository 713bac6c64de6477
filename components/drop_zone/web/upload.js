/* Sends files to the API, a few at a time, each with its progress. */
const AT_A_TIME = 3;
const TRIES = 4;
const RATE_WINDOW_S = 8;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** The API's own reason, or one that a person can act on. */
function reasonOf(request) {
  try {
    const answer = JSON.parse(request.responseText);
    if (typeof answer.error === "string") return answer.error;
    if (typeof answer.detail === "string") return answer.detail;
  } catch { /* not JSON: fall through */ }
  return `the server answered ${request.status} ${request.statusText}`.trim();
}

class Upload {
  constructor(settings, onChange) {
    this.settings = settings; // api_root, tag, max_bytes
    this.onChange = onChange;
    this.state = "preparing"; // preparing, sending, done, stopped, failed
    this.batch = null;
    this.waiting = [];
    this.total = 0;
    this.totalBytes = 0;
    this.sent = 0;
    this.known = 0; // already in the store
    this.skipped = 0;
    this.refused = 0; // named with their reason in the batch
    this.failures = []; // {name, reason}: what could not even be named there
    this.running = new Map(); // XMLHttpRequest → bytes sent
    this.bytesDone = 0;
    this.samples = []; // [seconds, bytes]
  }

  async start(files) {
    try {
      const { kept, skipped } = await collect(files, (count) => { this.total = count; this.onChange(); });
      this.skipped = skipped;
      if (kept.length === 0) return this.finish(skipped ? "nothing" : "empty");
      this.waiting = kept.reverse(); // pop() takes the first
      this.totalBytes = kept.reduce((sum, { file }) => sum + file.size, 0);
      this.batch = await this.createBatch(kept.length);
    } catch (error) {
      this.failures.push({ name: "Upload", reason: error.message });
      return this.finish("failed");
    }
    if (this.state === "stopped") return undefined;
    this.state = "sending";
    this.onChange(true);
    await Promise.all(Array.from({ length: AT_A_TIME }, () => this.sendNext()));
    return this.state === "sending" ? this.finish("done") : undefined;
  }

  async createBatch(count) {
    const name = `${count} ${count === 1 ? "photo" : "photos"}`;
    const response = await fetch(`${this.settings.api_root}/batches`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, tags: this.settings.tag ? [this.settings.tag] : [] }),
    }).catch(() => { throw new Error("Gridlens does not answer; check that it is running, then try again"); });
    if (!response.ok) throw new Error(`the server answered ${response.status}; try again`);
    return (await response.json()).id;
  }

  async sendNext() {
    while (this.state === "sending" && this.waiting.length > 0) {
      const { file, path } = this.waiting.pop();
      if (file.size > this.settings.max_bytes) {
        const limit = Math.round(this.settings.max_bytes / 1e6);
        await this.fail(path, file, `expected at most ${limit} MB, received ${Math.round(file.size / 1e6)} MB; export it smaller`);
      } else await this.sendWithRetries(file, path);
      this.onChange();
    }
  }

  async sendWithRetries(file, path) {
    for (let attempt = 1; this.state === "sending"; attempt += 1) {
      const answer = await this.sendOnce(file);
      if (this.state !== "sending") return;
      if (answer.ok) {
        this.sent += 1;
        this.known += answer.isNew ? 0 : 1;
        this.bytesDone += file.size;
        return;
      }
      if (answer.kept) { this.refused += 1; this.bytesDone += file.size; return; }
      if (!answer.passing || attempt === TRIES) { await this.fail(path, file, answer.reason); return; }
      await pause(500 * 2 ** attempt);
    }
  }

  /** XMLHttpRequest, not fetch: only it tells how much has been sent. The browser reads the file as it sends. */
  sendOnce(file) {
    const { api_root: root, tag } = this.settings;
    const query = new URLSearchParams({ batch: this.batch, ...(tag ? { tag } : {}) });
    const body = new FormData();
    body.append("file", file, file.name);
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const end = (answer) => { this.running.delete(request); resolve(answer); };
      this.running.set(request, 0);
      request.upload.addEventListener("progress", (event) => {
        this.running.set(request, Math.min(event.loaded, file.size));
        this.onChange();
      });
      request.addEventListener("load", () => {
        if (request.status >= 200 && request.status < 300) {
          let isNew = true;
          try { isNew = JSON.parse(request.responseText).is_new !== false; } catch { /* counted as new */ }
          end({ ok: true, isNew });
        } else {
          const passing = [408, 429, 502, 503, 504].includes(request.status);
          end({ ok: false, passing, kept: !passing && request.status < 500, reason: reasonOf(request) });
        }
      });
      request.addEventListener("error", () => end({ ok: false, passing: true, reason:
        "the file could not be sent: the connection broke, or the file was moved or changed; drop it again" }));
      request.addEventListener("abort", () => end({ ok: false, passing: false, reason: "stopped" }));
      request.open("POST", `${root}/photos?${query}`);
      request.send(body);
    });
  }

  /** Named in the batch where the API can be reached, so that a refresh does not forget it; else listed here. */
  async fail(path, file, reason) {
    const error = reason.startsWith(`${file.name}: `) ? reason.slice(file.name.length + 2) : reason;
    this.bytesDone += file.size;
    const answer = await fetch(`${this.settings.api_root}/batches/${this.batch}/failures`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: path.slice(-500), error: error.slice(0, 500) }),
    }).catch(() => null);
    if (answer?.ok) this.refused += 1;
    else this.failures.push({ name: path, reason: error });
  }

  stop() {
    if (this.state === "sending" || this.state === "preparing") this.finish("stopped");
    for (const request of this.running.keys()) request.abort();
  }

  finish(state) {
    this.state = state;
    this.waiting = [];
    this.onChange(true);
  }

  /** {bytes, perSecond, secondsLeft}; the rate is that of the last seconds, so that it follows the line. */
  progress() {
    const bytes = this.bytesDone + [...this.running.values()].reduce((sum, part) => sum + part, 0);
    const now = performance.now() / 1000;
    this.samples.push([now, bytes]);
    while (this.samples.length > 2 && now - this.samples[0][0] > RATE_WINDOW_S) this.samples.shift();
    const [then, before] = this.samples[0];
    const perSecond = now - then > 0.5 ? Math.max(0, bytes - before) / (now - then) : null;
    return { bytes, perSecond, secondsLeft: perSecond ? (this.totalBytes - bytes) / perSecond : null };
  }
}
