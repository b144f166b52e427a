// Sends files in parts, each sealed by the server as it comes: a broken line costs one part. Without this
// script the same form sends the files in one piece.
"use strict";

const MEBIBYTE = 1024 * 1024;
const SMALLEST = MEBIBYTE / 4, LARGEST = 8 * MEBIBYTE;
const words = document.getElementById("upload-words");
const form = document.getElementById("keep");

const pause = (milliseconds) => new Promise((done) => {
  const timer = setTimeout(done, milliseconds);
  window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
});

function sizeWords(bytes) {
  const units = ["kilobyte", "megabyte", "gigabyte"];
  let number = bytes / 1000, unit = 0;
  while (number >= 1000 && unit < 2) { number /= 1000; unit += 1; }
  const shown = { style: "unit", unit: units[unit], maximumFractionDigits: number < 10 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, shown).format(number);
}

// The ends of a file: by them the server knows it again, so that parts of two files never become one.
async function mark(blob) {
  if (!window.crypto || !crypto.subtle) return undefined;
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Refused extends Error {}
class SignedOut extends Error {}
class Stopped extends Error {}

async function ask(url, options) {
  const token = form.querySelector("input[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(url, {
    ...options, redirect: "manual", credentials: "same-origin", cache: "no-store",
    headers: { "X-CSRFToken": token, Accept: "application/json", ...options.headers },
  });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new SignedOut();
  if (answer.status >= 500 || answer.status === 429) throw new TypeError("try again");
  return answer;
}

class Sending {
  constructor(file, place) {
    this.file = file;
    this.bar = place.bar;
    this.said = place.said;
    this.offset = 0;
    this.step = MEBIBYTE;
    this.stopped = false;
    this.controller = null;
  }

  stop() {
    this.stopped = true;
    if (this.controller) this.controller.abort();
    this.tell(words.dataset.stopped);
  }

  tell(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  show() {
    this.bar.max = Math.max(this.file.size, 1);
    this.bar.value = this.offset;
    const of = `${sizeWords(this.offset)} ${words.dataset.of} ${sizeWords(this.file.size)}`;
    this.tell(this.offset === this.file.size ? words.dataset.done : `${words.dataset.sending}: ${of}`);
  }

  async patiently(act) {
    for (let attempt = 0; ; attempt += 1) {
      if (this.stopped) throw new Stopped();
      this.controller = new AbortController();
      const limit = setTimeout(() => this.controller.abort(), 120000);
      try {
        return await act(this.controller.signal);
      } catch (error) {
        if (this.stopped) throw new Stopped();
        if (error instanceof SignedOut) throw error;
        if (!(error instanceof TypeError) && error.name !== "AbortError") throw error;
        this.step = Math.max(SMALLEST, this.step / 2);
        this.tell(words.dataset.waiting);
        await pause(Math.min(1000 * 2 ** attempt, 30000));
      } finally {
        clearTimeout(limit);
      }
    }
  }

  async begin() {
    const file = this.file, told = { name: file.name, type: file.type, size: file.size };
    told.first = await mark(file.slice(0, MEBIBYTE));
    told.last = await mark(file.slice(Math.max(0, file.size - MEBIBYTE)));
    const answer = await this.patiently((signal) => ask(words.dataset.begin, {
      method: "POST", signal, body: JSON.stringify(told), headers: { "Content-Type": "application/json" },
    }));
    if (answer.status !== 201) throw new Refused();
    const said = await answer.json();
    this.url = said.url;
    this.id = said.id;
  }

  async whereItIs() {
    const answer = await this.patiently((signal) => ask(this.url, { method: "HEAD", signal }));
    if (answer.status !== 200) throw new Refused();
    this.offset = Number(answer.headers.get("Upload-Offset"));
  }

  async send() {
    this.show();
    while (this.offset < this.file.size) {
      const begun = performance.now();
      const answer = await this.patiently(async (signal) => {
        const part = this.file.slice(this.offset, this.offset + this.step);
        const headers = { "Upload-Offset": String(this.offset), "Content-Type": "application/octet-stream" };
        return ask(this.url, { method: "PATCH", signal, body: part, headers });
      });
      if (answer.status !== 200 && answer.status !== 409) throw new Refused();
      this.offset = Number(answer.headers.get("Upload-Offset"));
      if (performance.now() - begun < 2000) this.step = Math.min(LARGEST, this.step * 2);
      this.show();
    }
  }
}

// Carry a sending through; what can be mended by the reader is said beside it, with a button that goes on.
async function carried(sending, button, first) {
  let next = first;
  for (;;) {
    try {
      button.textContent = words.dataset.stop;
      sending.stopped = false;
      await next();
      await sending.send();
      button.remove();
      return;
    } catch (error) {
      const known = error instanceof SignedOut || error instanceof Stopped;
      if (error instanceof SignedOut) sending.tell(words.dataset.signedOut);
      if (!known) sending.tell(words.dataset.refused);
      button.textContent = words.dataset.goOn;
      await new Promise((done) => button.addEventListener("click", done, { once: true }));
      next = sending.url ? () => sending.whereItIs() : first;
    }
  }
}

function stopButton(sending) {
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", () => {
    if (button.textContent === words.dataset.stop) sending.stop();
  });
  return button;
}

let underWay = 0;
window.addEventListener("beforeunload", (event) => { if (underWay) event.preventDefault(); });

function lineFor(file) {
  const line = document.createElement("li");
  const name = document.createElement("bdi");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", words.dataset.progress);
  bar.value = 0;
  const said = document.createElement("p");
  said.className = "small status";
  said.setAttribute("role", "status");
  line.append(name, bar, said);
  document.getElementById("sending").append(line);
  return { line, bar, said };
}

async function sendNew(file) {
  const place = lineFor(file);
  const sending = new Sending(file, place);
  const button = stopButton(sending);
  place.line.append(button);
  await carried(sending, button, () => sending.begin());
  const arrived = document.createElement("input");
  arrived.type = "hidden";
  arrived.name = "upload";
  arrived.value = sending.id;
  form.append(arrived);
}

if (form && window.fetch && File.prototype.slice) {
  const chosen = document.getElementById("id_file");
  form.addEventListener("submit", async (event) => {
    if (!chosen.files.length) return;
    event.preventDefault();
    const button = document.getElementById("keep-button");
    button.disabled = true;
    underWay += 1;
    const files = Array.from(chosen.files);
    chosen.disabled = true;
    for (const file of files) await sendNew(file);
    underWay -= 1;
    form.submit();
  });
  for (const line of document.querySelectorAll("li[data-upload]")) {
    const again = line.querySelector("input.again");
    if (!again) continue;
    line.querySelector("label.go-on").hidden = false;
    again.addEventListener("change", async () => {
      const file = again.files[0], said = line.querySelector(".status");
      if (!file) return;
      if (String(file.size) !== line.dataset.size) { said.textContent = words.dataset.other; return; }
      const sending = new Sending(file, { bar: line.querySelector("progress"), said });
      sending.url = line.dataset.upload;
      sending.id = line.dataset.id;
      const button = stopButton(sending);
      line.append(button);
      line.querySelector("label.go-on").hidden = true;
      underWay += 1;
      await carried(sending, button, () => sending.whereItIs());
      underWay -= 1;
      window.location.assign(`${form.getAttribute("action")}?upload=${sending.id}`);
    });
  }
}
