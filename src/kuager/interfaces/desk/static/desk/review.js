/* Keys for the review page. Every key presses a button or follows a link that is on the page without them. */
"use strict";
(() => {
  const typing = (element) =>
    element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
  document.documentElement.classList.add("has-keys");
  for (const hint of document.querySelectorAll("[data-key-hint]")) hint.hidden = false;
  let isSent = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) return;
    const key = event.key.toLowerCase();
    // The letter on the same physical key also works under a Kazakh or Russian keyboard layout.
    const physical = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
    const wanted = /^[a-z]$/.test(key) ? key : physical;
    const control = wanted && document.querySelector(`[data-key="${wanted}"]`);
    if (!control || control.disabled || isSent) return;
    event.preventDefault();
    isSent = true;
    control.click();
  });
  // Coming back with the browser's own button shows the page as it was left.
  window.addEventListener("pageshow", () => { isSent = false; });
})();
