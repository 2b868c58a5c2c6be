/* Comfort for the customer's page; it works without. Old phones run this: no modern syntax, nothing loaded from elsewhere.
   What a form needs only sometimes (ranks, sums, sliders, voices) is in answer-fields.js. */
(function () {
  "use strict";
  var PREFIX = "soundings:", DAYS = 14 * 86400000, KEEP_AFTER = 4000, FIRST_WAIT = 3000, LONGEST_WAIT = 60000, PATIENCE = 40000;
  var form, sending, opened, clicked, timer, keeping, wait;
  var kiosk = /\bkiosk\b/.test(document.documentElement.className);
  var own = location.pathname.indexOf("/s/") === 0 && !kiosk;
  var able = window.fetch && window.DOMParser && window.FormData && FormData.prototype.entries && window.Promise;

  function each(list, act) { Array.prototype.forEach.call(list, act); }

  function say(name) {
    var place = document.getElementById("say");
    if (place) place.textContent = name ? place.getAttribute("data-" + name) : "";
  }

  // What stands in the form, as pairs; files stay out.
  function pairs() {
    var found = [];
    each(form.elements, function (one) {
      if (!one.name || one.disabled || one.type === "file" || /^(button|submit)$/.test(one.type)) return;
      if ((one.type === "radio" || one.type === "checkbox") && !one.checked) return;
      found.push([one.name, one.value]);
    });
    return found;
  }
  function encoded(list) {
    return list.map(function (pair) { return encodeURIComponent(pair[0]) + "=" + encodeURIComponent(pair[1]); }).join("&");
  }

  // On the person's own phone answers stay until the server says that it has them; on nobody else's.
  function remember(pending) {
    if (!own) return;
    try {
      localStorage.setItem(PREFIX + location.pathname, JSON.stringify({ page: form.elements._page.value, pairs: pairs(), pending: pending, at: Date.now() }));
    } catch (full) { /* a private window keeps nothing */ }
  }
  function forget() {
    try { localStorage.removeItem(PREFIX + location.pathname); } catch (none) { /* nothing was kept */ }
  }
  function recall() {
    var kept = null;
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf(PREFIX + "/s/") !== 0) return;
        var one = JSON.parse(localStorage.getItem(key));
        if (!one || Date.now() - one.at > DAYS) localStorage.removeItem(key);
        else if (key === PREFIX + location.pathname) kept = one;
      });
    } catch (none) { return; }
    if (!own || !kept) return;
    if (kept.page !== form.elements._page.value || document.getElementById("errors")) return forget();
    fill(kept.pairs);
    say("kept");
    if (kept.pending) send(kept.pending);
  }
  function fill(list) {
    each(form.elements, function (one) {
      if (!one.name || one.name.charAt(0) === "_" || one.type === "file" || one.type === "hidden") return;
      var values = list.filter(function (pair) { return pair[0] === one.name; }).map(function (pair) { return pair[1]; });
      if (one.type === "radio" || one.type === "checkbox") one.checked = values.indexOf(one.value) >= 0;
      else if (values.length) one.value = values[0];
    });
  }

  // In the background, a while after the last change; whoever leaves the page in the middle finds it again.
  function keepLater() {
    remember("");
    clearTimeout(timer);
    if (own && able && form.hasAttribute("data-keep") && form.enctype !== "multipart/form-data") timer = setTimeout(keep, KEEP_AFTER);
  }
  function keep() {
    if (sending || keeping) return;
    var page = form, body = encoded(pairs().concat([["_do", "keep"]]));
    keeping = fetch(location.href, post(body)).then(function (answer) {
      if (answer.status === 204 && page === form && !sending && body === encoded(pairs().concat([["_do", "keep"]]))) forget();
    }, function () { /* it stays on the phone */ }).then(function () { keeping = null; });
  }
  function post(body) {
    var options = { method: "POST", body: body, credentials: "same-origin" };
    if (typeof body === "string") options.headers = { "Content-Type": "application/x-www-form-urlencoded" };
    if (window.AbortController) {
      var stop = new AbortController();
      options.signal = stop.signal;
      setTimeout(function () { stop.abort(); }, PATIENCE);
    }
    return options;
  }
  function leaving() {
    if (document.visibilityState !== "hidden" || !timer || sending || !navigator.sendBeacon || !form || form.enctype === "multipart/form-data") return;
    clearTimeout(timer);
    timer = null;
    navigator.sendBeacon(location.href, new Blob([encoded(pairs().concat([["_do", "keep"]]))], { type: "application/x-www-form-urlencoded" }));
  }

  // The next page comes in the place of this one: one way there and back, and a lost signal loses nothing.
  function submit(event) {
    if (sending) return event.preventDefault();
    if (form.elements._t) form.elements._t.value = Math.round((Date.now() - opened) / 1000);
    var button = event.submitter || clicked;
    if (!able) { sending = true; return; }
    event.preventDefault();
    send(button && button.value === "back" ? "back" : "next");
  }
  function send(what) {
    clearTimeout(timer);
    timer = null;
    sending = what;
    form.setAttribute("aria-busy", "true");
    remember(what);
    var body = encoded(pairs().concat([["_do", what]]));
    if (form.enctype === "multipart/form-data") { body = new FormData(form); body.append("_do", what); }
    fetch(location.href, post(body)).then(function (answer) {
      if (answer.status >= 500 || answer.status === 429) throw answer.status;
      return answer.text();
    }).then(function (html) {
      var next = new DOMParser().parseFromString(html, "text/html");
      if (!next.querySelector("main")) throw 0;
      show(next);
    }).catch(again);
  }
  function again() {
    say("wait");
    var place = document.getElementById("say");
    if (place) place.scrollIntoView({ block: "nearest" });
    wait = Math.min(wait * 2 || FIRST_WAIT, LONGEST_WAIT);
    timer = setTimeout(function () { if (sending) send(sending); }, wait);
  }
  window.addEventListener("online", function () {
    if (!sending || !timer) return;
    clearTimeout(timer);
    send(sending);
  });
  function show(next) {
    forget();
    wait = 0;
    document.title = next.title;
    document.documentElement.lang = next.documentElement.lang;
    document.documentElement.className = next.documentElement.className;
    document.body.innerHTML = next.body.innerHTML;
    each(next.querySelectorAll("head script[src]"), function (one) {
      var src = one.getAttribute("src");
      if (document.querySelector('script[src="' + src + '"]')) return;
      var script = document.createElement("script");
      script.src = src;
      document.head.appendChild(script);
    });
    window.scrollTo(0, 0);
    begin();
    var head = document.getElementById("errors") || document.querySelector("h1");
    if (head) head.focus({ preventScroll: true });
  }

  // Conditions at once, in the order of the page: what a hidden part holds decides nothing further down.
  function facts() {
    var found = { language: document.documentElement.lang };
    each(form.elements, function (one) {
      if (!one.name || one.name.charAt(0) === "_" || one.disabled || one.type === "file") return;
      if (one.type === "radio" || one.type === "checkbox") {
        if (!one.checked) return;
        if (one.type === "checkbox" && one.value !== "yes") (found[one.name] = found[one.name] || []).push(one.value);
        else found[one.name] = one.value === "yes" ? true : one.value === "no" ? false : one.value;
      } else if (one.value.trim() !== "") found[one.name] = one.value.trim();
    });
    return found;
  }
  function reveal() {
    if (!window.Soundings || !form) return;
    each(form.querySelectorAll("[data-if]"), function (box) {
      var shown = window.Soundings.holds(JSON.parse(box.getAttribute("data-if")), facts());
      var line = box.parentNode.className === "k";
      box.style.display = shown ? (line ? "flex" : "block") : "none";
      if (box.tagName === "OPTION") box.disabled = box.hidden = !shown;
      each(box.querySelectorAll("input,select,textarea"), function (one) { one.disabled = !shown; });
    });
  }
  // An answer that stands alone puts out the rest.
  function alone(one) {
    if (one.type !== "checkbox" || !one.checked) return;
    each(form.querySelectorAll('[name="' + one.name + '"]'), function (other) {
      if (other !== one && (one.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
    });
  }

  function begin() {
    form = document.querySelector("main form[novalidate]");
    sending = "";
    clicked = timer = null;
    opened = Date.now();
    document.dispatchEvent(new CustomEvent("soundings:page"));
    if (!form || !form.elements._page) return;
    // A person sees the page: tell it once. Robots that only fetch the link never come here.
    var first = form.hasAttribute("data-first") && !document.getElementById("errors");
    if (first && !kiosk && navigator.sendBeacon && /^\/[sq]\//.test(location.pathname)) navigator.sendBeacon(location.pathname + "/opened");
    form.addEventListener("submit", submit);
    form.addEventListener("click", function (event) { if (event.target.name === "_do") clicked = event.target; });
    form.addEventListener("change", function (event) { alone(event.target); reveal(); keepLater(); });
    form.addEventListener("input", function () { reveal(); remember(""); });
    recall();
    reveal();
  }
  window.addEventListener("pageshow", function (event) {
    if (event.persisted && form) { sending = ""; form.removeAttribute("aria-busy"); }
  });
  document.addEventListener("visibilitychange", leaving);
  begin();
  var summary = document.getElementById("errors");
  if (summary) summary.focus();
})();
