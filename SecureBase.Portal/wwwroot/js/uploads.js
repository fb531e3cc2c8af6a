// Files beside a message: chosen, dropped on the form or pasted into its text. Each is the body of a request of its own, past the
// circuit, with progress, and can be cancelled. The page shows those that have arrived; those under way are shown here.
const atOnce = 2;
const trays = new Map();

const size = bytes => bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${+(bytes / 1024).toFixed(1)} KB` : `${+(bytes / 1048576).toFixed(1)} MB`;
const token = () => document.querySelector("input[name=__RequestVerificationToken]")?.value ?? "";

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

const icon = path => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ class: "icon small", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(name, value);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

class Upload {
  constructor(tray, file) {
    Object.assign(this, { tray, file, done: false });
    this.bar = make("progress", { max: "100", value: "0", "aria-label": `Sending ${file.name}` });
    this.state = make("span", { class: "text-sm ink-3" }, `${size(file.size)}, waiting`);
    const stop = make("button", { type: "button", class: "icon-button", "aria-label": `Cancel ${file.name}` }, icon("m4 4 8 8M12 4l-8 8"));
    stop.addEventListener("click", () => this.cancel());
    this.row = make("li", { class: "file sending" },
      make("span", { class: "file-words" }, make("span", { class: "file-name", title: file.name }, file.name), this.state, this.bar), stop);
    tray.list.append(this.row);
  }

  start() {
    this.request = new XMLHttpRequest();
    this.request.open("POST", `${this.tray.root.dataset.to}&name=${encodeURIComponent(this.file.name)}`);
    this.request.setRequestHeader("RequestVerificationToken", token());
    this.request.setRequestHeader("Content-Type", "application/octet-stream");
    this.request.upload.addEventListener("progress", sent => {
      const percent = sent.lengthComputable ? Math.floor(sent.loaded * 100 / sent.total) : 0;
      this.bar.value = percent;
      this.state.textContent = percent < 100 ? `${percent} % of ${size(this.file.size)}` : "checking";
    });
    this.request.addEventListener("load", () => this.request.status === 200 ? this.arrived() : this.failed(this.reason()));
    this.request.addEventListener("error", () => this.failed("The connection broke. Attach it again."));
    this.request.addEventListener("abort", () => this.end(`${this.file.name} is cancelled`));
    this.request.send(this.file);
  }

  reason() {
    if (this.request.status === 401 || this.request.responseURL.includes("/account/")) return "You are signed out. Sign in again, then attach it again.";
    try {
      return JSON.parse(this.request.responseText).message;
    } catch {
      return "The server did not take it. Load the page again and retry.";
    }
  }

  arrived() {
    this.end(`${this.file.name} is attached`);
  }

  // What went wrong stays until somebody has seen it.
  failed(why) {
    this.done = true;
    this.row.classList.add("failed");
    this.state.textContent = why;
    this.bar.remove();
    this.row.querySelector("button").setAttribute("aria-label", `Dismiss ${this.file.name}`);
    this.tray.say(`${this.file.name}: ${why}`);
    this.tray.next();
  }

  cancel() {
    if (this.done) this.row.remove();
    else if (this.request) this.request.abort();
    else this.end(`${this.file.name} is cancelled`);
  }

  end(words) {
    this.done = true;
    this.row.remove();
    this.tray.say(words);
    this.tray.next();
  }
}

class Tray {
  constructor(root, owner) {
    Object.assign(this, { root, owner, uploads: [], leaving: new AbortController() });
    this.list = root.querySelector("[data-sending]");
    const listen = (target, name, work) => target.addEventListener(name, work, { signal: this.leaving.signal });
    const zone = root.closest(".composer, form") ?? root;
    const choose = root.querySelector("[data-choose]");
    listen(choose, "change", () => {
      this.take(choose.files);
      choose.value = "";
    });
    const text = document.getElementById(root.dataset.for);
    if (text) listen(text, "paste", event => {
      // A table copied from an office program comes as text and as a picture: the text is meant.
      if (event.clipboardData.files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.take(event.clipboardData.files);
    });
    const holdsFiles = event => event.dataTransfer?.types.includes("Files");
    listen(zone, "dragover", event => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      zone.classList.add("dropping");
    });
    listen(zone, "dragleave", event => {
      if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping");
    });
    listen(zone, "drop", event => {
      zone.classList.remove("dropping");
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    listen(window, "beforeunload", event => {
      if (this.uploads.some(upload => !upload.done)) event.preventDefault();
    });
  }

  take(files) {
    for (const file of files) {
      const upload = new Upload(this, file);
      this.uploads.push(upload);
      if (file.size > Number(this.root.dataset.max)) upload.failed(`It has ${size(file.size)}; up to 25 MB are taken.`);
    }
    this.next();
  }

  next() {
    this.uploads = this.uploads.filter(upload => !upload.done);
    const running = this.uploads.filter(upload => upload.request).length;
    for (const upload of this.uploads.filter(upload => !upload.request).slice(0, Math.max(0, atOnce - running))) upload.start();
    this.tell();
  }

  // While the circuit is away nobody listens; when it is back the page reads what has arrived.
  async tell() {
    if (this.leaving.signal.aborted) return;
    try {
      await this.owner.invokeMethodAsync("ProgressedAsync", this.uploads.length);
    } catch (failure) {
      document.addEventListener("securebase:back", () => this.tell(), { once: true, signal: this.leaving.signal });
      console.debug("The page will be told of its uploads later", failure);
    }
  }

  say(words) {
    this.root.querySelector("[data-said]").textContent = words;
  }

  leave() {
    this.leaving.abort();
    for (const upload of this.uploads) upload.request?.abort();
  }
}

export const watch = (id, owner) => {
  const root = document.getElementById(id);
  if (!root) return;
  trays.get(id)?.leave();
  trays.set(id, new Tray(root, owner));
};

export const leave = id => {
  trays.get(id)?.leave();
  trays.delete(id);
};
