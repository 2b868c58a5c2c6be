/* Keys on the pages of cases: j and k walk the list, x ticks, Enter opens; on a case, n writes a note, c records a contact. Never while typing. */
(() => {
  "use strict";
  const all = (what) => Array.from(document.querySelectorAll(what));
  const rows = () => all("table tbody tr").filter((row) => row.querySelector("a"));
  const busy = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

  const walk = (by) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.contains(document.activeElement));
    const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))];
    next.querySelector("a").focus();
  };

  const press = (name) => {
    const link = document.querySelector(`main a[href$="/${name}"][data-panel], header a[href$="/${name}"][data-panel]`);
    if (link) link.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ticked = event.target.matches("input[data-bulk]");
    if (busy(event.target) && !ticked) return;
    const keys = {
      j: () => walk(1),
      k: () => walk(-1),
      x: () => {
        const row = document.activeElement && document.activeElement.closest("tr");
        const box = row && row.querySelector("input[data-bulk]");
        if (box) box.click();
      },
      c: () => press("contact"),
      n: () => press("note"),
    };
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
