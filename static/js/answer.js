/* Comfort for the customer's page; it works without. Old phones run this: no modern syntax, nothing loaded. */
(function () {
  "use strict";
  var form = document.querySelector("main form[novalidate]");
  if (!form) return;

  // A person sees the page: tell it once. Robots that only fetch the link never come here.
  var first = form.elements._page.value === "0" && !document.getElementById("errors");
  if (first && navigator.sendBeacon && location.pathname.indexOf("/s/") === 0) navigator.sendBeacon(location.pathname + "/opened");

  // A second tap while the answers are on their way sends nothing; coming back to the page makes it usable again.
  var sending = false;
  form.addEventListener("submit", function (event) {
    if (sending) return event.preventDefault();
    sending = true;
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function () {
    sending = false;
    form.removeAttribute("aria-busy");
  });

  var summary = document.getElementById("errors");
  if (summary) summary.focus();

  function answers() {
    var found = {};
    Array.prototype.forEach.call(form.elements, function (one) {
      if (!one.name || one.name.charAt(0) === "_") return;
      if (one.type === "radio" && one.checked) found[one.name] = one.value === "yes" ? true : one.value === "no" ? false : one.value;
      else if (one.type === "checkbox" && one.checked) (found[one.name] = found[one.name] || []).push(one.value);
      else if (one.type !== "radio" && one.type !== "checkbox" && one.value.trim() !== "") found[one.name] = one.value.trim();
    });
    return found;
  }

  // Conditions at once, in the order of the page: what a hidden question holds decides nothing further down.
  var boxes = Array.prototype.slice.call(form.querySelectorAll("[data-if]"));
  var known = window.Soundings;
  function reveal() {
    var facts = answers();
    facts.language = document.documentElement.lang;
    boxes.forEach(function (box) {
      var shown = known.holds(JSON.parse(box.getAttribute("data-if")), facts);
      box.style.display = shown ? "block" : "none";
      if (!shown) delete facts[box.id.slice(2)];
    });
  }

  // An answer that stands alone puts out the rest.
  form.addEventListener("change", function (event) {
    var one = event.target;
    if (one.type === "checkbox" && one.checked) {
      Array.prototype.forEach.call(form.elements[one.name].length ? form.elements[one.name] : [one], function (other) {
        if (other !== one && (one.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
      });
    }
  });
  if (boxes.length && known) {
    form.addEventListener("change", reveal);
    form.addEventListener("input", reveal);
    reveal();
  }
})();
