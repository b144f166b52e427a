/* Stepping, the slider, drawing boxes, copying: every one of them is also a link, a field or a form of the page. */
"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const viewer = find("viewer");
  const player = find("player");
  const typing = (element) =>
    element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT", "VIDEO", "AUDIO", "SUMMARY", "BUTTON"].includes(element.tagName);
  const code = (ms) => {
    const two = (number) => String(number).padStart(2, "0");
    const seconds = Math.floor(ms / 1000);
    return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, "0")}`;
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const line = find(button.dataset.copy);
      line.select();
      try { await navigator.clipboard.writeText(line.value); } catch { document.execCommand("copy"); }
    });
  }

  /* Stepping without loading the page anew. */
  let here = Number(viewer?.dataset.ms ?? 0);
  let goal = null;
  let goTo = null;
  const frame = find("frame");
  if (viewer?.dataset.frame && frame) {
    const duration = Number(viewer.dataset.duration || 0);
    const words = viewer.dataset;
    let next = words.next === "" ? null : Number(words.next);
    let busy = false;
    const address = (ms, on) => words.frame.replace(/0\/$/, `${ms}/`) + (on ? "?on=1" : "");
    const link = (name, ms, on) => {
      const step = find(`step-${name}`);
      if (!step) return;
      step.classList.toggle("is-off", ms === null);
      if (ms === null) { step.removeAttribute("href"); step.setAttribute("aria-disabled", "true"); step.setAttribute("role", "link"); }
      else { step.href = `?t=${ms}${on ? "&on=1" : ""}#picture`; step.removeAttribute("aria-disabled"); step.removeAttribute("role"); }
    };
    const slider = document.createElement("input");
    const say = () => {
      const text = code(here);
      find("time").textContent = text;
      frame.alt = `${words.wordPicture} ${text}`;
      find("moved").textContent = text;
      find("goto").value = text;
      find("full").href = `${address(here)}?full=1`;
      for (const field of document.querySelectorAll("[data-here]")) field.value = here;
      const at = document.querySelector("#mark-form [name=at]");
      if (at && !at.dataset.kept) at.value = text;
      link("back-10", here ? Math.max(0, here - 10000) : null);
      link("back-1", here ? Math.max(0, here - 1000) : null);
      link("previous", here ? here - 1 : null);
      link("next", next, true);
      link("on-1", duration && here + 1000 >= duration ? null : here + 1000);
      link("on-10", duration && here + 10000 >= duration ? null : here + 10000);
      slider.value = here;
      slider.setAttribute("aria-valuetext", text);
      let shown = null;
      for (const row of document.querySelectorAll("tr[data-from]")) {
        row.removeAttribute("aria-current");
        if (Number(row.dataset.from) <= here) shown = row;
      }
      shown?.setAttribute("aria-current", "true");
      window.history.replaceState(null, "", `?t=${here}`);
    };
    /* One request at a time; of wishes that come meanwhile the last one counts. */
    goTo = async (ms, on = false) => {
      goal = [Math.max(0, ms), on];
      if (busy) return;
      busy = true;
      viewer.setAttribute("aria-busy", "true");
      try {
        while (goal) {
          const [wanted, isNext] = goal;
          goal = null;
          const answer = await fetch(address(wanted, isNext), { method: "HEAD", credentials: "same-origin" });
          if (answer.status === 403 || answer.status === 423 || answer.redirected) { window.location.assign(`${words.look}?t=${wanted}`); return; }
          if (!answer.ok) { find("moved").textContent = words.wordFailed; continue; }
          here = Number(answer.headers.get("Kuager-Ms"));
          const following = answer.headers.get("Kuager-Next-Ms");
          next = following ? Number(following) : null;
          frame.src = address(here);
          try { await frame.decode(); } catch { find("moved").textContent = words.wordFailed; }
          say();
        }
      } catch { find("moved").textContent = words.wordFailed; }
      finally { busy = false; viewer.removeAttribute("aria-busy"); }
    };
    if (duration) {
      slider.type = "range";
      slider.min = 0;
      slider.max = duration;
      slider.step = 1;
      slider.value = here;
      slider.setAttribute("aria-label", words.wordSlider);
      slider.setAttribute("aria-valuetext", code(here));
      slider.addEventListener("input", () => { find("time").textContent = code(Number(slider.value)); });
      slider.addEventListener("change", () => goTo(Number(slider.value)));
      find("slider").append(slider);
    }
    const keys = find("keys");
    if (keys) keys.hidden = false;
    const press = (name) => { const step = find(`step-${name}`); if (step?.hasAttribute("href")) step.click(); };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
      const wanted = {
        ArrowLeft: event.shiftKey ? "back-1" : "previous",
        ArrowRight: event.shiftKey ? "on-1" : "next",
        PageUp: "back-10",
        PageDown: "on-10",
      }[event.key];
      /* Page keys scroll the page, unless the picture has the focus. */
      if (!wanted || (event.key.startsWith("Page") && document.activeElement !== find("picture"))) return;
      event.preventDefault();
      press(wanted);
    });
    document.addEventListener("click", (event) => {
      const step = event.target.closest?.(".steps a[href], a.jump[data-ms]");
      if (!step || event.ctrlKey || event.metaKey || event.shiftKey && step.matches(".jump")) return;
      event.preventDefault();
      const query = new URLSearchParams(step.getAttribute("href").split("#")[0]);
      showBox(step.dataset.box);
      goTo(Number(query.get("t")), query.has("on"));
      if (step.matches(".jump")) {
        find("picture").scrollIntoView({ block: "nearest" });
        find("picture").focus({ preventScroll: true });
        if (player) player.currentTime = Number(query.get("t")) / 1000;
      }
    });
  } else if (player) {
    document.addEventListener("click", (event) => {
      const jump = event.target.closest?.("a.jump[data-ms]");
      if (!jump || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      player.currentTime = Number(jump.dataset.ms) / 1000;
      player.focus();
    });
  }

  /* The box of a mark, and one that is being drawn. */
  const boxes = find("boxes");
  const fresh = find("drawn-box");
  const place = (rect, [x, y, width, height]) => {
    for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value);
  };
  const showBox = (text) => {
    if (!boxes) return;
    for (const old of boxes.querySelectorAll(".box:not(.new)")) old.remove();
    if (!text) return;
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("class", "box");
    place(rect, text.split(" "));
    boxes.prepend(rect);
  };
  const fields = ["left", "top", "width", "height"].map((name) => document.querySelector(`#mark-form [name=${name}]`));
  if (boxes && fields.every(Boolean)) {
    const stage = find("picture");
    const draw = find("draw");
    find("draw-tools").hidden = find("draw-hint").hidden = false;
    const setDrawing = (isOn) => {
      stage.classList.toggle("is-drawing", isOn);
      draw.setAttribute("aria-pressed", String(isOn));
    };
    const write = (box) => fields.forEach((field, index) => { field.value = box ? (box[index] / 10).toFixed(1) : ""; });
    const fromFields = () => {
      const box = fields.map((field) => Math.round(Number(field.value) * 10));
      place(fresh, fields.every((field) => field.value !== "") ? box : [0, 0, 0, 0]);
    };
    draw.addEventListener("click", () => {
      setDrawing(!stage.classList.contains("is-drawing"));
      if (stage.classList.contains("is-drawing")) stage.scrollIntoView({ block: "center" });
    });
    find("no-box").addEventListener("click", () => { write(null); fromFields(); setDrawing(false); });
    for (const field of fields) field.addEventListener("input", fromFields);
    const point = (event) => {
      const { left, top, width, height } = boxes.getBoundingClientRect();
      const within = (share) => Math.round(Math.min(1, Math.max(0, share)) * 1000);
      return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
    };
    let start = null;
    const upTo = ([x, y]) => [Math.min(start[0], x), Math.min(start[1], y), Math.abs(x - start[0]), Math.abs(y - start[1])];
    boxes.addEventListener("pointerdown", (event) => {
      if (!stage.classList.contains("is-drawing")) return;
      event.preventDefault();
      boxes.setPointerCapture(event.pointerId);
      start = point(event);
      place(fresh, [...start, 0, 0]);
    });
    boxes.addEventListener("pointermove", (event) => { if (start) place(fresh, upTo(point(event))); });
    boxes.addEventListener("pointerup", (event) => {
      if (!start) return;
      const box = upTo(point(event));
      start = null;
      setDrawing(false);
      const isBox = box[2] > 4 && box[3] > 4;
      write(isBox ? box : null);
      place(fresh, isBox ? box : [0, 0, 0, 0]);
      find("new-mark").open = true;
      document.querySelector("#mark-form [name=note]").focus();
    });
    boxes.addEventListener("pointercancel", () => { start = null; fromFields(); });
    fromFields();
  }
  const at = document.querySelector("#mark-form [name=at]");
  at?.addEventListener("input", () => { at.dataset.kept = "yes"; });

  /* From the player back to the frames. */
  const take = find("take-time");
  if (take && player) {
    take.hidden = false;
    take.addEventListener("click", () => {
      player.pause();
      const ms = Math.round(player.currentTime * 1000);
      if (goTo) goTo(ms);
      if (at) at.value = code(ms);
    });
  }
})();
