/* The builder: drags with SortableJS, moves by keyboard, keeps the focus and the preview in place. htmx sends; builder-saving.js says when. */
(function () {
  "use strict";
  const builder = document.getElementById("builder");
  if (!builder || !window.htmx) return;
  htmx.config.historyCacheSize = 0; /* drafts stay out of the browser's store */
  htmx.config.refreshOnHistoryMiss = true;
  htmx.config.defaultSettleDelay = 0; /* what arrives hears at once: a quick hand typed before it did, and nothing was saved */
  htmx.config.attributesToSettle = ["class"]; /* never style: the page allows none, and SortableJS leaves empty ones behind */
  document.documentElement.dataset.nav = "slim"; /* three panes need the room; what the person chose elsewhere stays remembered */
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const form = () => byId("part-form");
  const submit = (act) => window.Builder.press(form(), "act", act);

  function say(words) { const said = byId("said"); said.textContent = ""; setTimeout(() => { said.textContent = words; }, 50); }
  document.body.addEventListener("builder:done", (event) => {
    const done = event.detail;
    if (done.say) say(done.say);
    marked();
    focus(done.focus, done.place);
    if (done.saved) { htmx.trigger(document.body, "builder:stale"); refresh(); }
    if (!done.saved && byId("both")) byId("both").focus();
  });

  function focus(name, place) {
    if (name) {
      const found = byId(name) || byId("f-" + name) || document.querySelector(`[data-path="${CSS.escape(name)}"]`);
      const field = found && (found.matches("input, select, textarea, button, a, [tabindex]") ? found : found.querySelector("input:not([type=hidden]), select, textarea, a, button"));
      if (field) { field.focus(); field.scrollIntoView({ block: "nearest" }); return; }
    }
    const at = document.activeElement;
    if (!place || (at && at !== document.body && at.id !== place.or)) return; /* htmx goes back to the same id: in a list that moved it is another's */
    const back = byId(place.id) || byId(place.or), box = back && back.closest("details");
    if (!back) return;
    if (box) box.open = true;
    back.focus();
    if (place.start !== null && place.start !== undefined && back.setSelectionRange) { try { back.setSelectionRange(place.start, place.end); } catch (error) { /* a field without a caret */ } }
  }

  /* the preview: the page that holds what is open, at its question */
  let timer = 0;
  function refresh() { clearTimeout(timer); timer = setTimeout(draw, 350); }
  function draw() {
    const frame = byId("preview"), part = byId("part");
    if (!frame || !part || !frame.dataset.src) return;
    const url = new URL(frame.dataset.src, location.href);
    url.searchParams.set("page", part.dataset.previewPage || "0");
    all("[data-preview]").forEach((field) => { if (field.value) url.searchParams.set(field.dataset.preview, field.value); });
    frame.dataset.anchor = part.dataset.anchor || "";
    frame.src = url.href;
  }
  const preview = byId("preview");
  if (preview) preview.addEventListener("load", () => {
    try {
      const at = preview.dataset.anchor && preview.contentDocument.getElementById(preview.dataset.anchor);
      if (at) at.scrollIntoView({ block: "center" });
    } catch (error) { /* not our page */ }
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-preview]")) draw(); });

  /* which part is open, told to the outline and to whoever else is here */
  function marked() {
    const part = byId("part"), at = part ? part.dataset.at : "";
    all("a[data-part]").forEach((link) => { if (link.dataset.part === at) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
    all("input[data-at]").forEach((field) => { field.value = at; });
    const add = document.querySelector("button[value^='page-add:'].plain");
    if (add && at.startsWith("page:")) add.value = "page-add:" + at.slice(5);
  }
  document.body.addEventListener("htmx:configRequest", (event) => {
    /* a button that stands outside its form says its own name and value too */
    const pressed = event.detail.triggeringEvent && event.detail.triggeringEvent.submitter;
    if (pressed && pressed.name) event.detail.parameters.set(pressed.name, pressed.value);
    if (event.detail.elt.id !== "known") return;
    const part = byId("part"), seen = byId("seen");
    event.detail.parameters.set("at", part ? part.dataset.at : "");
    event.detail.parameters.set("seen", seen ? seen.value : "");
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    sortable();
    marked();
    if (event.detail.target && event.detail.target.id === "part" && event.detail.requestConfig && event.detail.requestConfig.verb === "get") {
      shown();
      refresh();
    }
  });
  document.addEventListener("builder:opened", shown);
  function shown() {
    pane("part");
    byId("part").focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }

  /* panes on a phone */
  function pane(name) {
    builder.dataset.pane = name;
    all("[data-pane-to]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.paneTo === name)));
    if (name === "preview") draw();
  }
  document.addEventListener("click", (event) => {
    const to = event.target.closest("[data-pane-to]");
    if (to) pane(to.dataset.paneTo);
    const off = event.target.closest("#builder [aria-disabled='true']");
    if (off) event.preventDefault();
  }, true);
  document.addEventListener("submit", (event) => {
    const box = event.target.matches("[data-closes]") && event.target.closest("dialog");
    if (box) setTimeout(() => box.close(), 0);
    if (event.target.closest("#builder, dialog") && event.target.hasAttribute("hx-post")) setTimeout(() => { delete event.target.dataset.sent; if (event.submitter) event.submitter.removeAttribute("aria-busy"); }, 0);
  });

  /* drag and drop */
  function arrange(values) {
    htmx.ajax("POST", builder.dataset.arrange, { source: builder, swap: "none", values: { at: byId("part").dataset.at, ...values } });
  }
  function sortable() {
    if (!window.Sortable) return;
    const options = { animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120, fallbackTolerance: 4 };
    all("[data-pages]").forEach((list) => {
      if (list.dataset.ready) return;
      list.dataset.ready = "1";
      new Sortable(list, { ...options, handle: "[data-page-grip]", draggable: ".pg", onEnd: (event) => { if (event.newIndex !== event.oldIndex) arrange({ act: "page-move:" + event.item.dataset.page, index: event.newDraggableIndex }); } });
    });
    all("[data-questions]").forEach((list) => {
      if (list.dataset.ready) return;
      list.dataset.ready = "1";
      new Sortable(list, { ...options, group: "questions", handle: "[data-grip]", draggable: ".q", onEnd: (event) => { if (event.to !== event.from || event.newIndex !== event.oldIndex) arrange({ act: "move:" + event.item.dataset.code, page: event.to.dataset.page, index: event.newDraggableIndex }); } });
    });
    all("[data-sort]").forEach((list) => {
      if (list.dataset.ready) return;
      list.dataset.ready = "1";
      new Sortable(list, { ...options, handle: "[data-item-grip]", draggable: ".item", onEnd: (event) => {
        if (event.newIndex === event.oldIndex) return;
        const order = all(":scope > .item", list).map((item) => item.dataset.index).join(",");
        form().querySelector("[name=order]").value = order;
        submit("order:" + list.dataset.sort);
      } });
    });
  }

  /* keyboard: Alt with the arrows moves the question or option that holds the focus; Ctrl+Z outside a field takes a step back */
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const up = event.key === "ArrowUp", line = event.target.closest(".q[data-code], .pg-head"), item = event.target.closest(".item");
      const name = line ? (line.dataset.code ? (up ? "up:" : "down:") + line.dataset.code : (up ? "page-up:" : "page-down:") + line.parentElement.dataset.page) : item ? (up ? "up:" : "down:") + item.dataset.path : "";
      const button = name && byId(name);
      if (button) { event.preventDefault(); button.click(); }
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing && byId("undo")) {
      event.preventDefault();
      byId(event.shiftKey ? "redo" : "undo").click();
    } else if (event.key === "Enter" && event.target.closest(".item > .langs") && event.target.matches("input") && !event.isComposing) {
      event.preventDefault(); /* Enter in the last option begins another, elsewhere it goes to the next */
      const items = all(".item", event.target.closest("ol")), at = items.indexOf(event.target.closest(".item"));
      if (at + 1 < items.length) items[at + 1].querySelector(".langs input").focus();
      else submit("add:" + event.target.closest("[data-sort]").dataset.sort);
    }
  });

  sortable();
  draw();
})();
