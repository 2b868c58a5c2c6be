/* The portal's own script: small, without a library, and every page works without it. One listener on the document for each kind of event. */
(function () {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch (error) { /* not remembered */ } };

  /* light and dark */
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  function setTheme(theme) {
    root.dataset.theme = theme;
    remember("theme", theme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("themechange")));

  /* navigation: folded on a desk, a drawer on a phone */
  const nav = document.getElementById("nav");
  const phone = matchMedia("(max-width: 820px)");
  let opener = null;
  function openNav(button) {
    opener = button;
    root.classList.add("nav-open");
    nav.querySelector("a, button").focus();
  }
  function closeNav() {
    if (!root.classList.contains("nav-open")) return;
    root.classList.remove("nav-open");
    if (opener) opener.focus();
  }
  function foldNav() {
    const slim = root.dataset.nav !== "slim";
    if (slim) root.dataset.nav = "slim"; else delete root.dataset.nav;
    remember("nav", slim ? "slim" : "wide");
  }
  phone.addEventListener("change", () => root.classList.remove("nav-open"));

  /* dialogs */
  function show(dialog) { if (dialog && !dialog.open) dialog.showModal(); }
  const confirmBox = document.getElementById("confirm");
  let pending = null;
  function ask(button) {
    pending = button;
    confirmBox.querySelector("[data-confirm-text]").textContent = button.dataset.confirm;
    const yes = confirmBox.querySelector("[data-confirm-yes]");
    yes.dataset.usual = yes.dataset.usual || yes.textContent;
    yes.textContent = button.dataset.confirmLabel || button.textContent.trim() || yes.dataset.usual;
    show(confirmBox);
  }
  function goOn() {
    const button = pending;
    pending = null;
    confirmBox.close();
    if (!button) return;
    button.dataset.sure = "1";
    if (button.form) button.form.requestSubmit(button.type === "submit" ? button : undefined); else button.click();
    delete button.dataset.sure;
  }

  /* the side panel: the linked page's content over the list, which is never lost */
  const side = document.getElementById("side");
  async function openSide(link) {
    const body = side.querySelector("#side-body");
    body.replaceChildren(...Array.from({ length: 4 }, () => Object.assign(document.createElement("p"), { className: "skeleton" })));
    body.setAttribute("aria-busy", "true");
    side.querySelector("[data-side-full]").href = link.href;
    show(side);
    try {
      const answer = await fetch(link.href, { headers: { "X-Panel": "1" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const content = page.querySelector("main");
      all(".toasts, script:not([type='application/json'])", content).forEach((part) => part.remove());
      const title = content.querySelector("h1");
      side.querySelector("#side-title").textContent = title ? title.textContent : link.textContent;
      if (title) title.remove();
      body.replaceChildren(...content.childNodes);
      ready(body);
    } catch (error) {
      location.href = link.href;
    } finally {
      body.removeAttribute("aria-busy");
    }
  }

  /* toasts: good news leaves by itself, bad news stays until read */
  function watchToast(toast) {
    if (toast.dataset.toast === "bad" || toast.dataset.toast === "warn") return;
    let timer = setTimeout(() => toast.remove(), 8000);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 4000); });
  }

  async function copy(button) {
    const words = button.querySelector("span");
    const before = words.textContent;
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch (error) { return; }
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 2000);
  }

  /* a password in the clear, for whoever typed it; hidden again before it is sent */
  function showWord(button) {
    const input = document.getElementById(button.dataset.show);
    const clear = input.type === "password";
    input.type = clear ? "text" : "password";
    button.setAttribute("aria-pressed", String(clear));
    input.focus();
  }

  function followRow(event) {
    if (event.defaultPrevented || event.target.closest("a, button, input, label, select, textarea, summary, dialog")) return;
    const row = event.target.closest("tr.linked");
    if (!row || String(getSelection())) return;
    const link = row.querySelector("a[data-row]");
    if (event.metaKey || event.ctrlKey) open(link.href, "_blank", "noopener"); else link.click();
  }

  function countTicked(form) {
    const bar = form && form.querySelector("[data-bulk-bar]");
    if (!bar) return;
    const ticked = all("input[data-bulk]:checked", form).length;
    bar.dataset.count = String(ticked);
    bar.querySelector("[data-bulk-count]").textContent = String(ticked);
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = at("[data-confirm]")) && !hit.dataset.sure) { event.preventDefault(); ask(hit); }
    else if (at("[data-confirm-yes]")) goOn();
    else if ((hit = at("[data-open]"))) show(document.getElementById(hit.dataset.open));
    else if ((hit = at("[data-close]"))) hit.closest("dialog").close();
    else if ((hit = at("[data-dismiss]"))) hit.closest("[data-toast]").remove();
    else if (at("[data-theme-toggle]")) setTheme(isDark() ? "light" : "dark");
    else if (at("[data-nav-fold]")) foldNav();
    else if ((hit = at("[data-nav-open]"))) { event.preventDefault(); openNav(hit); }
    else if (at("[data-nav-close]")) { event.preventDefault(); closeNav(); }
    else if ((hit = at("[data-copy]"))) copy(hit);
    else if ((hit = at("[data-show]"))) showWord(hit);
    else if ((hit = at("[data-panel]")) && side && !event.metaKey && !event.ctrlKey && !event.shiftKey) { event.preventDefault(); openSide(hit); }
    else followRow(event);
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target instanceof HTMLDialogElement) event.target.close(); /* a click beside the dialog */
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details[data-menu][open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    closeNav();
  });

  /* while a form is on its way: the pressed button says so, and a second press does nothing */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    all("[data-show][aria-pressed='true']", form).forEach(showWord);
    const button = event.submitter;
    setTimeout(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = "1";
      if (button) button.setAttribute("aria-busy", "true");
    });
  });
  addEventListener("pageshow", () => {
    all("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    all("[aria-busy='true']").forEach((button) => button.removeAttribute("aria-busy"));
  });

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.matches("[data-bulk-all]")) all("input[data-bulk]", form).forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-bulk], [data-bulk-all]")) countTicked(form);
    if (form && form.matches("[data-auto]") && event.target.matches("select, input[type='date'], input[type='checkbox'], input[type='radio']")) form.requestSubmit();
  });

  /* parts that need to be looked at once, here and in whatever the side panel brings */
  function ready(from) {
    all("table.t.as-cards", from).forEach((table) => {
      const heads = all("thead th", table).map((head) => head.textContent.trim());
      all("tbody tr", table).forEach((row) => Array.from(row.children).forEach((cell, at) => {
        if (heads[at] && !cell.classList.contains("act")) cell.dataset.label = heads[at];
      }));
      table.classList.add("labelled");
    });
    all("table.t", from).forEach((table) => {
      const heads = all("thead th", table);
      all("tbody tr", table).forEach((row) => {
        if (row.querySelector("a[data-row]")) row.classList.add("linked");
        Array.from(row.children).forEach((cell, at) => { if (heads[at] && heads[at].classList.contains("hide-phone")) cell.classList.add("hide-phone"); });
      });
    });
    all(".tabs", from).forEach((tabs) => { /* on a phone the tab one is on may lie beyond the edge */
      const here = tabs.querySelector("[aria-current]");
      if (here && tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
    });
    all(".table", from).forEach((box) => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; });
    all("time[data-moment]", from).forEach((time) => {
      const today = new Intl.DateTimeFormat("sv-SE", { timeZone: document.body.dataset.zone || undefined }).format(new Date());
      if (time.dataset.moment === today) time.textContent = time.dataset.today;
    });
    all("form", from).forEach(countTicked);
    all("[data-toast]", from).forEach(watchToast);
    const charts = from.querySelector("[data-chart]");
    if (charts && document.body.dataset.charts && !document.querySelector("script[data-drawer]")) {
      const script = Object.assign(document.createElement("script"), { src: document.body.dataset.charts, defer: true });
      script.dataset.drawer = "1";
      document.head.append(script);
    }
    document.dispatchEvent(new CustomEvent("partsready", { detail: from }));
  }
  ready(document);
  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();
