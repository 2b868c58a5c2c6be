/* What is typed in the builder goes to the draft before anything else is done, one request after the other, and no answer takes the place of newer words. */
(function () {
  "use strict";
  const builder = document.getElementById("builder");
  if (!builder || !window.htmx) return;
  htmx.config.timeout = 60000; /* a line that says nothing for so long is dead: what was typed is sent again */
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const listen = (name, how) => document.body.addEventListener(name, how);
  const form = () => byId("part-form");
  const opened = () => byId("part").dataset.at;
  const NOT_TYPED = ["csrf_token", "seen", "had", "order", "act", "paste"];

  /* what stands in the open form, by the fields' names; what of it the draft has; what was typed beside the form (lines to paste, another code) */
  function typed(from = form()) {
    const found = new Map();
    new FormData(from).forEach((value, name) => {
      if (!NOT_TYPED.includes(name)) found.set(name, found.has(name) ? found.get(name) + "\n" + value : String(value));
    });
    return found;
  }
  const differing = (one, other) => Array.from(new Set([...one.keys(), ...other.keys()])).filter((name) => (one.get(name) || "") !== (other.get(name) || ""));
  const unsaved = () => differing(typed(), kept).length > 0;
  const beside = () => all("#part [data-quiet], #part form:not(#part-form) input:not([type=hidden])").filter((field) => field.value !== field.defaultValue);
  let kept = typed(), asked = null, line = [], again = false, retry = 0, onward = null, out = null;

  function show(state, words) {
    const saved = byId("saved");
    saved.dataset.state = state;
    saved.querySelector("[data-saved-words]").textContent = words;
  }
  function note(id) {
    all("#bell > [data-note='" + id + "']").forEach((old) => old.remove());
    byId("bell").append(byId(id).content.cloneNode(true));
    Object.assign(byId("bell").lastElementChild, { tabIndex: -1 }).dataset.note = id;
  }

  /* the line: whatever writes, opens a part or leaves the page waits for the answer before it, and for what was typed */
  const opens = (sent) => sent.verb === "get" && sent.target.id === "part";
  const ours = (sent) => sent.elt.id !== "known" && (sent.verb === "post" || opens(sent));
  function withdraw() {
    if (!asked || !asked.opens) return;
    asked.withdrawn = true;
    htmx.trigger(asked.elt, "htmx:abort");
  }
  listen("htmx:confirm", (event) => {
    const sent = event.detail, saves = sent.elt === form(), button = sent.triggeringEvent && sent.triggeringEvent.submitter, act = button ? button.value : "";
    if (sent.elt.id === "known" && asked) event.preventDefault(); /* its answer would be older than the one that is awaited */
    if (!ours(sent)) return;
    if (opens(sent) && sent.elt.dataset.part === opened()) {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("builder:opened"));
      return;
    }
    withdraw();
    if (!asked && (saves || !(unsaved() || (opens(sent) && beside().length)))) return;
    event.preventDefault();
    if (saves && !act) { again = true; return; }
    if (act && twice(act, saves)) return;
    if (opens(sent)) line = line.filter((wish) => !wish.opens);
    line.push({ opens: opens(sent), leaves: opens(sent), saves, act, go: later(sent, button) });
    next();
  });
  /* a second press before the first is answered: of a question's step it is meant; where an item of a list will stand nobody knows yet */
  function twice(act, saves) {
    const before = asked ? [asked, ...line] : line;
    if (/^add:/.test(act) || (!saves && /^(page-)?(up|down):/.test(act))) return false;
    return before.some((one) => one.act && (one.act === act || (saves && one.saves)));
  }
  function later(sent, button) {
    const order = form().elements.order.value;
    return () => {
      form().elements.order.value = order;
      if (sent.elt.isConnected) { sent.issueRequest(); return; }
      const drawn = document.querySelector(sent.elt.matches("a") ? `a[data-part="${CSS.escape(sent.elt.dataset.part)}"]` : `form[hx-post="${CSS.escape(sent.path)}"]`);
      if (drawn && drawn.matches("a")) drawn.click();
      else if (drawn) press(drawn, button ? button.name : "", button ? button.value : "");
    };
  }
  function press(where, name, value) {
    const button = Object.assign(document.createElement("button"), { name, value, hidden: true });
    where.append(button);
    where.requestSubmit(button);
    button.remove();
  }
  function next() {
    if (asked) return;
    if (unsaved() && (again || line.length)) {
      again = false;
      if (byId("both")) stuck(); else htmx.trigger(form(), "submit"); /* of two texts the person chooses, nobody else */
      return;
    }
    again = false;
    if (!line.length) return;
    if (line[0].leaves && beside().length) { stuck(); return; }
    line.shift().go();
    next();
  }
  /* what was typed can't be saved now: nothing else is done before the person says so; a question that was dragged goes back to its place */
  function stuck(failing) {
    const wish = line.pop();
    line = [];
    if (wish || (failing && !failing.saves)) {
      byId("known-revision").value = "";
      htmx.trigger(byId("known"), "builder:look");
    }
    if (!wish || !(unsaved() || beside().length)) return;
    onward = wish;
    document.dispatchEvent(new CustomEvent("builder:opened"));
    note("note-held");
    byId("bell").lastElementChild.focus();
  }
  function goOn() {
    const wish = onward, link = document.querySelector(`a[data-part="${CSS.escape(opened())}"]`);
    byId("bell").replaceChildren();
    beside().forEach((field) => { field.value = field.defaultValue; });
    kept = typed();
    line = [wish];
    if (!wish.leaves && link) line.unshift({ go: () => { htmx.ajax("GET", link.href, { target: "#part", swap: "outerHTML" }); } });
    next();
  }

  listen("htmx:configRequest", (event) => {
    if (event.detail.elt !== form()) return;
    const button = event.detail.triggeringEvent && event.detail.triggeringEvent.submitter;
    event.detail.parameters.set("act", button ? button.value : ""); /* never of a button that only has the focus */
  });
  listen("htmx:beforeRequest", (event) => {
    const sent = event.detail.requestConfig, at = document.activeElement;
    if (!ours(sent)) return;
    asked = { elt: sent.elt, xhr: event.detail.xhr, opens: opens(sent), saves: sent.elt === form(), path: sent.path, act: sent.parameters.get("act") || "", order: sent.parameters.get("order") || "", typed: typed(), field: at && at.id };
    if (!asked.opens) show("saving", builder.dataset.saving);
  });
  listen("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig: sent, serverResponse: html } = event.detail;
    if ([409, 422].includes(xhr.status) && xhr.getResponseHeader("HX-Trigger-After-Settle")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      if (asked) asked.refused = true;
    }
    if (sent.elt.id === "known" && sent.parameters.get("seen") !== byId("seen").value) event.detail.shouldSwap = false; /* it speaks of what stood here before */
    if (!asked || asked.xhr !== xhr) return;
    if (asked.opens && event.detail.shouldSwap && !/ id="part"/.test(html)) {
      event.detail.shouldSwap = false; /* not a part: the session has ended, or the draft is no longer open */
      location.assign(event.detail.pathInfo.finalRequestPath);
    }
    const at = document.activeElement, named = at && at.id ? at.id : "";
    asked.newer = differing(typed(), asked.typed);
    asked.place = named && { id: "f-" + (now(named.replace(/^f-/, "")) || ""), or: named, start: at.selectionStart, end: at.selectionEnd };
    asked.moved = Boolean(at && at.matches("input, textarea, select") && (named !== asked.field || asked.newer.length));
    asked.gone = /^(q|page):/.test(opened()) && / id="outline"/.test(html) && !html.includes(`data-part="${opened()}"`);
  });

  /* where a field of a list stands in the answer, when the button that was pressed moved the list's items; null for one that is gone */
  function now(name) {
    const [, verb, list, at] = /^(up|down|drop|order):(.+?)(?:\.(\d+))?$/.exec(asked.act) || [];
    if (!verb || !name.startsWith(list + ".")) return name;
    const [number, ...rest] = name.slice(list.length + 1).split("."), from = Number(number), other = Number(at) + (verb === "up" ? -1 : 1);
    if (verb === "drop" && from === Number(at)) return null;
    const to = verb === "order" ? asked.order.split(",").indexOf(number) : verb === "drop" ? from - (from > Number(at)) : from === Number(at) ? other : from === other ? Number(at) : from;
    return [list, to, ...rest].join(".");
  }
  function put(field, value) {
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = value.split("\n").includes(field.value); else field.value = value;
    const box = field.closest("details");
    if (box) box.open = true;
  }
  /* a part drawn anew: newer words are put into it; where somebody writes on, another part does not take its place */
  listen("htmx:oobBeforeSwap", (event) => {
    const part = event.detail.target.id === "part" && event.detail.fragment.querySelector("#part");
    if (!part || !asked) return;
    const words = typed(), fresh = part.querySelector("#part-form"), same = part.dataset.at === opened() || asked.path.endsWith("/rename");
    const aside = beside().filter((field) => !asked.act.startsWith(field.name + ":") && (field.form === form() || field.form !== asked.elt));
    if (!same && !asked.gone && (asked.newer.length || aside.length)) {
      event.detail.shouldSwap = false;
      asked.moved = again = true;
      return;
    }
    asked.drawn = true;
    if (!asked.refused) kept = typed(fresh);
    if (!same) return;
    asked.newer.forEach((name) => all(`[name="${CSS.escape(now(name) || "")}"]`, fresh).forEach((field) => put(field, words.get(name) || "")));
    aside.forEach((field) => all(`[name="${CSS.escape(field.name)}"]:not([type=hidden])`, part).forEach((drawn) => put(drawn, field.value)));
    again = again || asked.newer.length > 0;
  });
  listen("builder:done", (event) => {
    const done = event.detail;
    if (!asked) return;
    asked.done = done.saved;
    if (asked.moved) done.focus = "";
    done.place = asked.place;
    if (!done.saved) { show("wrong", byId("both") ? builder.dataset.both : builder.dataset.wrong); return; }
    if (asked.saves && !asked.drawn) kept = asked.typed;
    retry = 0;
    byId("bell").replaceChildren();
  });
  listen("htmx:afterSettle", (event) => {
    if (asked && asked.opens && event.detail.xhr === asked.xhr) { kept = typed(); asked.done = true; byId("bell").replaceChildren(); }
  });
  ["htmx:afterRequest", "htmx:onLoadError"].forEach((name) => listen(name, (event) => {
    if (!asked || event.detail.xhr !== asked.xhr) return;
    const one = asked;
    asked = null;
    queueMicrotask(() => { if (one.done || one.withdrawn) next(); else stuck(one); });
  }));

  /* what went wrong, in words; a line that was down is tried again */
  const failed = (event) => {
    const { requestConfig: sent, xhr } = event.detail, status = xhr ? xhr.status : 0;
    if (status === 401 || (status === 400 && ours(sent))) { signedOut(); return; }
    if (!ours(sent)) return;
    if (!opens(sent)) show("failed", status ? builder.dataset.failed : builder.dataset.offline);
    if (status || opens(sent)) wentWrong(xhr);
    if (sent.elt.id === "part-form" && (status === 0 || status >= 500) && retry < 6) { retry += 1; setTimeout(tryAgain, 2000 * retry); }
  };
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => listen(name, failed));
  function tryAgain() { again = true; next(); }
  function wentWrong(xhr) {
    const page = new DOMParser().parseFromString(xhr.responseText || "", "text/html"), words = page.querySelector(".error-page p, main p");
    const said = Object.assign(document.createElement("div"), { className: "note bad", textContent: words ? words.textContent : xhr.status ? builder.dataset.failed : builder.dataset.offline });
    byId("bell").replaceChildren(said);
  }
  function signedOut() {
    if (!out) out = { state: byId("saved").dataset.state, words: byId("saved").textContent };
    show("failed", builder.dataset.out);
    if (!byId("bell").querySelector("[data-note=note-out]")) note("note-out");
  }
  /* signed in again elsewhere: the forms need the new session's token */
  async function comeBack() {
    const page = await fetch(location.href).then((answer) => answer.text()).catch(() => ""), token = new DOMParser().parseFromString(page, "text/html").querySelector("#part-form [name=csrf_token]");
    if (!token || !out) return;
    show(out.state, out.words);
    out = null;
    all("[name=csrf_token]").forEach((field) => { field.value = token.value; });
    builder.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token.value }));
    all("#bell > [data-note=note-out]").forEach((old) => old.remove());
    tryAgain();
  }
  addEventListener("focus", () => { if (out) comeBack(); });
  addEventListener("online", tryAgain);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tryAgain(); }); /* a phone may never come back to this page */

  document.addEventListener("input", (event) => {
    if (!event.target.closest("#part-form")) return;
    line = line.filter((wish) => !wish.opens); /* who writes on does not want to be elsewhere any more */
    withdraw();
  });

  /* ways out of the page */
  function leave(event, go) {
    if (!asked && !unsaved() && !beside().length) return;
    event.preventDefault();
    event.stopPropagation();
    line.push({ leaves: true, go });
    withdraw();
    next();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]"), to = event.target.closest("[data-go-on], [data-come-back]");
    if (to) { if (to.matches("[data-go-on]")) goOn(); else comeBack(); }
    if (!link || link.dataset.part || link.target || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.matches("[download], [data-panel], [data-nav-open], [href^='#']")) return;
    if (link.matches("[data-theirs]")) kept = typed();
    leave(event, () => location.assign(link.href));
  }, true);
  document.addEventListener("submit", (event) => {
    const sent = event.target, button = event.submitter;
    if (sent.method !== "dialog" && !sent.matches("[hx-post], [hx-get]")) leave(event, () => sent.requestSubmit(button));
  }, true);
  addEventListener("popstate", (event) => { /* htmx would fetch the page at once */
    leave({ preventDefault() {}, stopPropagation() { event.stopImmediatePropagation(); } }, () => location.reload());
  });
  addEventListener("beforeunload", (event) => {
    if (!unsaved() && !beside().length) return;
    event.preventDefault();
    tryAgain();
  });
  window.Builder = { press };
})();
