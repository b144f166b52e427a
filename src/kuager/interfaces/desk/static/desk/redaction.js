/* Drawing boxes with mouse, pen or finger. It only fills the number fields that are on the page without it. */
"use strict";
(() => {
  const form = document.querySelector("form.redaction");
  const canvas = form && form.querySelector("[data-canvas]");
  if (!canvas) return;
  const SVG = "http://www.w3.org/2000/svg";
  const image = canvas.querySelector("img");
  const moment = form.querySelector("[data-moment]");
  const areas = [...form.querySelectorAll("[data-area]")];
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("viewBox", "0 0 1000 1000");
  layer.setAttribute("preserveAspectRatio", "none");
  layer.setAttribute("aria-hidden", "true");
  canvas.append(layer);
  canvas.classList.add("has-pen");
  for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;

  const field = (area, name) => area.querySelector(`[name$="-${name}"]`);
  const boxOf = (area, prefix) => {
    const numbers = ["left", "top", "width", "height"].map((name) => {
      const input = field(area, prefix + name);
      return input && input.value !== "" ? Number(input.value) : NaN;
    });
    return numbers.some(Number.isNaN) ? null : numbers;
  };
  let chosen = areas.find((area) => !boxOf(area, "")) || areas[0];
  let part = "";
  let begun = null;

  const isSeen = (area) => {
    const page = field(area, "page");
    return !page || !moment || page.value === "" || page.value === moment.value;
  };
  const rectangle = ([left, top, width, height], names) => {
    const drawn = document.createElementNS(SVG, "rect");
    drawn.setAttribute("x", left); drawn.setAttribute("y", top);
    drawn.setAttribute("width", width); drawn.setAttribute("height", height);
    drawn.setAttribute("class", names);
    layer.append(drawn);
  };
  const draw = () => {
    layer.replaceChildren();
    for (const area of areas) {
      area.classList.toggle("is-chosen", area === chosen);
      if (!isSeen(area)) continue;
      for (const prefix of ["", "to_"]) {
        const box = boxOf(area, prefix);
        if (box) rectangle(box, (area === chosen ? "chosen " : "") + (prefix ? "moved" : ""));
      }
    }
  };
  const fill = (prefix, box) => {
    ["left", "top", "width", "height"].forEach((name, n) => {
      const input = field(chosen, prefix + name);
      if (input) input.value = box[n];
    });
    const page = field(chosen, "page");
    if (page && moment && prefix === "") page.value = moment.value;
  };
  const place = (event) => {
    const frame = image.getBoundingClientRect();
    const share = (at, begin, size) => Math.min(1000, Math.max(0, ((at - begin) / size) * 1000));
    return [share(event.clientX, frame.left, frame.width), share(event.clientY, frame.top, frame.height)];
  };
  // Outwards to whole thousandths, so that nothing that was drawn over peeps out.
  const between = ([ax, ay], [bx, by]) => {
    const left = Math.min(999, Math.floor(Math.min(ax, bx))), top = Math.min(999, Math.floor(Math.min(ay, by)));
    const right = Math.max(left + 1, Math.ceil(Math.max(ax, bx))), bottom = Math.max(top + 1, Math.ceil(Math.max(ay, by)));
    return [left, top, right - left, bottom - top];
  };
  canvas.addEventListener("pointerdown", (event) => {
    // Before the picture is there nobody knows where its edges are.
    if (!event.isPrimary || event.button !== 0 || !chosen || !image.naturalWidth) return;
    event.preventDefault();
    begun = place(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!begun) return;
    fill(part, between(begun, place(event)));
    draw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!begun) return;
    const box = between(begun, place(event));
    begun = null;
    // A tap without a movement draws nothing.
    if (box[2] > 3 || box[3] > 3) fill(part, box);
    draw();
  });
  canvas.addEventListener("pointercancel", () => { begun = null; draw(); });
  image.addEventListener("dragstart", (event) => event.preventDefault());

  for (const area of areas) {
    area.addEventListener("focusin", () => { if (chosen !== area) { chosen = area; part = ""; draw(); } });
    area.addEventListener("input", draw);
    area.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      chosen = area;
      if (button.dataset.draw !== undefined) { part = button.dataset.draw; canvas.scrollIntoView({ block: "nearest" }); }
      if (button.dataset.now && moment) field(area, button.dataset.now).value = (Number(moment.value) / 1000).toFixed(3);
      if (button.dataset.clear !== undefined) for (const input of area.querySelectorAll("input")) input.value = "";
      draw();
    });
  }
  const showButton = form.querySelector("[data-step-show]");
  if (showButton && moment) {
    showButton.addEventListener("click", (event) => {
      event.preventDefault();
      image.src = `${canvas.dataset.frameUrl}?${canvas.dataset.frameKey}=${encodeURIComponent(moment.value || "0")}`;
      draw();
    });
  }
  draw();
})();
