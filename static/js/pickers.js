/* Controls that are plain without script and better with it: the unit tree with search, ready-made ranges of dates, dropped files. */
(function () {
  "use strict";
  const made = new WeakSet();

  /* a long select becomes a combobox: type to search, arrows to move, Enter to take; the select stays the form's value */
  function searchable(select) {
    if (made.has(select) || select.options.length < 8) return;
    made.add(select);
    const holder = select.parentElement;
    const box = Object.assign(document.createElement("div"), { className: "pick" });
    const input = Object.assign(document.createElement("input"), { type: "text", className: "in", autocomplete: "off", id: select.id + "-search" });
    const list = Object.assign(document.createElement("ul"), { className: "pick-list", id: select.id + "-list", hidden: true });
    const attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" };
    Object.entries(attributes).forEach(([name, value]) => input.setAttribute(name, value));
    if (select.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
    if (select.hasAttribute("aria-invalid")) input.setAttribute("aria-invalid", select.getAttribute("aria-invalid"));
    list.setAttribute("role", "listbox");
    const label = document.querySelector('label[for="' + CSS.escape(select.id) + '"]');
    if (label) { label.htmlFor = input.id; list.setAttribute("aria-label", label.textContent.trim()); }
    const options = Array.from(select.options).map((option) => ({ option, text: option.textContent.replace(/\u00a0/g, " ").trim(), depth: option.dataset.depth || "0" }));
    let at = -1;

    const chosen = () => options.find((one) => one.option.selected);
    const rest = () => { input.value = chosen() ? chosen().text : ""; };
    const items = () => Array.from(list.querySelectorAll('[role="option"]'));
    function mark(next) {
      const shown = items();
      at = shown.length ? (next + shown.length) % shown.length : -1;
      shown.forEach((item, place) => item.classList.toggle("at", place === at));
      if (at >= 0) { input.setAttribute("aria-activedescendant", shown[at].id); shown[at].scrollIntoView({ block: "nearest" }); }
      else input.removeAttribute("aria-activedescendant");
    }
    function fill(words) {
      const sought = words.trim().toLowerCase();
      const found = options.filter((one) => !sought || one.text.toLowerCase().includes(sought));
      list.replaceChildren(...found.map((one, place) => {
        const item = Object.assign(document.createElement("li"), { textContent: one.text, id: list.id + "-" + place });
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(one.option.selected));
        if (!sought) item.dataset.depth = one.depth; /* found by name there is no tree to show */
        item.one = one;
        return item;
      }));
      if (!found.length) {
        const none = Object.assign(document.createElement("li"), { className: "none", textContent: select.dataset.none });
        none.setAttribute("role", "presentation");
        list.append(none);
      }
      mark(found.findIndex((one) => one.option.selected));
    }
    function open() { fill(""); list.hidden = false; input.setAttribute("aria-expanded", "true"); }
    function close() { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); rest(); }
    function take(item) {
      item.one.option.selected = true;
      close();
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => { if (list.hidden) open(); });
    input.addEventListener("input", () => { list.hidden = false; input.setAttribute("aria-expanded", "true"); fill(input.value); mark(0); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open(); else mark(at + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        if (at >= 0) take(items()[at]);
      } else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); }
    });
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); /* or the input would lose focus and close the list before the click */
      const item = event.target.closest('[role="option"]');
      if (item) take(item);
    });
    box.append(input, holder.querySelector(".i").cloneNode(true), list);
    holder.hidden = true;
    holder.after(box);
    rest();
  }

  function ready(from) { from.querySelectorAll("select[data-units]").forEach(searchable); }
  document.addEventListener("partsready", (event) => ready(event.detail));
  ready(document);

  document.addEventListener("click", (event) => {
    const preset = event.target.closest("[data-range] [data-from]");
    if (!preset) return;
    const [from, to] = preset.closest("[data-range]").querySelectorAll("input");
    from.value = preset.dataset.from;
    to.value = preset.dataset.to;
    to.dispatchEvent(new Event("change", { bubbles: true }));
  });

  ["dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    const drop = event.target.closest && event.target.closest("[data-drop]");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    const input = drop.querySelector('input[type="file"]');
    if (name === "drop" && event.dataTransfer.files.length && input) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }));
})();
