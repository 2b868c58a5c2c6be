/* Keys of the review desk: a letter chooses what carries it as data-key. Never while typing. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("textarea, select, dialog, input:not([type=radio]):not([type=checkbox])")) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    const box = found.querySelector("input, a, button") || found;
    box.focus();
    box.click();
  });
})();
