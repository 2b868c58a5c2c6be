/* Pages of asking: lists that are sorted by dragging, rows of a form that are added and taken away. All of it works without: by buttons. */
(function () {
  "use strict";
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));

  /* dropped at a new place: the order goes out as the form has it */
  function sortable(list) {
    if (!window.Sortable) return;
    window.Sortable.create(list, {
      handle: ".grip", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onEnd: (event) => { if (event.oldIndex !== event.newIndex) document.getElementById(list.dataset.sort).requestSubmit(); },
    });
  }

  /* rows: [data-rows] holds [data-row] and a template; [data-add-row] adds one, [data-drop-row] takes one away; names are numbered anew */
  function number(rows) {
    all("[data-row]", rows).forEach((row, place) => {
      all("[name], [id], label[for]", row).forEach((part) => {
        ["name", "id"].forEach((key) => { if (part[key]) part[key] = part[key].replace(/\d+$/, place); });
        if (part.htmlFor) part.htmlFor = part.htmlFor.replace(/\d+$/, place);
      });
    });
    rows.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const drop = event.target.closest("[data-drop-row]");
    if (add) {
      event.preventDefault();
      const rows = document.getElementById(add.dataset.addRow);
      rows.append(rows.querySelector("template").content.cloneNode(true));
      number(rows);
      const fresh = all("[data-row]", rows).pop().querySelector("input, select");
      if (fresh) fresh.focus();
    } else if (drop) {
      event.preventDefault();
      const rows = drop.closest("[data-rows]");
      drop.closest("[data-row]").remove();
      number(rows);
    }
  });

  /* conditions: only the attributes of the chosen event type are offered */
  function narrow() {
    const chosen = document.getElementById("event_type");
    if (!chosen) return;
    all("select[data-fields] option[data-of]").forEach((option) => {
      option.hidden = option.disabled = !option.dataset.of.split(" ").includes(chosen.value) && !option.selected;
    });
  }
  document.addEventListener("change", (event) => { if (event.target.id === "event_type" || event.target.closest("[data-rows]")) narrow(); });

  /* the values that are offered are those of the chosen field */
  document.addEventListener("change", (event) => {
    const field = event.target.closest("select[data-fields]");
    if (field) field.closest("[data-row]").querySelector("input[list]").setAttribute("list", field.value ? "known-" + field.value : "known-values");
  });

  narrow();
  all("[data-sort]").forEach(sortable);
})();
