/* A tablet that many people use: after 30 seconds of rest the page is as at the start. Nothing is kept on the device. */
(function () {
  "use strict";
  var REST = 30000, WARNING = 10000;
  var form = document.querySelector("main form[novalidate]");
  var notice = document.getElementById("rest");
  var warn, clear;

  function start() {
    location.replace(location.pathname + "?mode=kiosk&lang=" + encodeURIComponent(document.documentElement.lang));
  }
  function awake() {
    clearTimeout(warn);
    clearTimeout(clear);
    if (notice) notice.hidden = true;
    warn = setTimeout(function () {
      if (notice) notice.hidden = false;
    }, REST - WARNING);
    clear = setTimeout(start, REST);
  }
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) return start();
    if (form && !document.getElementById("errors") && form.elements._page && form.elements._page.value === "0") form.reset();
  });
  if (!form) return;
  form.setAttribute("autocomplete", "off");
  /* what only a person does: the notice itself may make the page scroll, and then nobody would ever be gone */
  ["pointerdown", "keydown", "input", "wheel", "touchstart", "touchmove"].forEach(function (kind) {
    window.addEventListener(kind, awake, { passive: true });
  });
  awake();
  var watch = setInterval(function () {
    if (document.querySelector("main form[novalidate]")) return;
    clearInterval(watch); // the thanks came in the page's place
    setTimeout(start, 10000);
  }, 1000);
})();
