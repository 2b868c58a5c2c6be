/* Comfort for some kinds of questions: ranks that are moved, what is left of a sum, a slider beside its number, a voice. */
(function () {
  "use strict";

  var SPEAKER = '<svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d="M4 9v6h4l5 4V5L8 9zM16 9q2 3 0 6M19 6q4 6 0 12"/></svg>';

  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function changed(field) { field.dispatchEvent(new Event("change", { bubbles: true })); }

  // Ranks: the lists' own fields hold them; buttons and dragging only move the lines and count anew.
  function ranks(list) {
    function number() {
      each(list.children, function (line, n) { line.querySelector("select").value = String(n + 1); });
      changed(list.querySelector("select"));
    }
    function move(line, by) {
      var other = by < 0 ? line.previousElementSibling : line.nextElementSibling;
      if (!other) return;
      list.insertBefore(by < 0 ? line : other, by < 0 ? other : line);
      number();
    }
    function button(line, by, words) {
      var one = document.createElement("button");
      one.type = "button";
      one.className = "p";
      one.textContent = by < 0 ? "↑" : "↓";
      one.setAttribute("aria-label", words.replace("*", line.querySelector("label").textContent));
      one.addEventListener("click", function () { move(line, by); one.focus(); });
      line.appendChild(one);
    }
    function drag(line) {
      var handle = line.querySelector("label");
      handle.style.touchAction = "none";
      handle.addEventListener("pointerdown", function (event) {
        var from = Array.prototype.indexOf.call(list.children, line);
        handle.setPointerCapture(event.pointerId);
        handle.onpointermove = function (at) {
          each(list.children, function (other) {
            var box = other.getBoundingClientRect();
            if (other === line || at.clientY < box.top || at.clientY > box.bottom) return;
            list.insertBefore(line, at.clientY < box.top + box.height / 2 ? other : other.nextElementSibling);
          });
        };
        handle.onpointerup = handle.onpointercancel = function () {
          handle.onpointermove = null;
          if (Array.prototype.indexOf.call(list.children, line) !== from) number();
        };
      });
    }
    each(list.children, function (line) {
      button(line, -1, list.getAttribute("data-up"));
      button(line, 1, list.getAttribute("data-down"));
      if (window.PointerEvent) drag(line);
    });
    list.addEventListener("change", function (event) {
      each(list.querySelectorAll("select"), function (one) {
        if (one !== event.target && event.target.tagName === "SELECT" && event.isTrusted && one.value === event.target.value) one.value = "";
      });
    });
  }

  // What is still to give of a sum, said aloud as it changes.
  function sum(box) {
    var rest = document.createElement("p");
    rest.className = "rest";
    rest.setAttribute("role", "status");
    box.parentNode.insertBefore(rest, box.nextSibling);
    function count() {
      var left = Number(box.getAttribute("data-total"));
      each(box.querySelectorAll("input"), function (one) { left -= Number(one.value.replace(",", ".")) || 0; });
      left = Math.round(left * 1e6) / 1e6;
      rest.textContent = box.getAttribute(left < 0 ? "data-over" : "data-left").replace("*", Math.abs(left));
    }
    box.addEventListener("input", count);
    count();
  }

  function slide(field) {
    var ends = field.getAttribute("data-slide").split(" "), bar = document.createElement("input");
    bar.type = "range";
    bar.min = ends[0]; bar.max = ends[1]; bar.step = ends[2];
    bar.setAttribute("aria-label", document.querySelector('label[for="' + field.id + '"]').textContent);
    bar.value = field.value || ends[0];
    field.parentNode.insertBefore(bar, field);
    bar.addEventListener("input", function () { field.value = bar.value; });
    bar.addEventListener("change", function () { field.value = bar.value; changed(field); });
    field.addEventListener("input", function () { bar.value = field.value; });
  }

  // Each question read by the browser's own voice: all of them from the head of the page, one by one in large text.
  function words(box) {
    var found = [];
    each(box.querySelectorAll("legend,label,.e span,:scope>p,select option:not([value=''])"), function (one) {
      var text = (one.tagName === "LABEL" && one.closest(".w") ? "" : one.textContent).trim();
      if (text && one.offsetParent !== null || one.tagName === "OPTION") found.push(text);
    });
    return found.join("。");
  }
  function voice(form) {
    var speech = window.speechSynthesis, aloud = form.getAttribute("data-aloud");
    if (!speech || !window.SpeechSynthesisUtterance || !aloud) return;
    function stop() { speech.cancel(); each(form.querySelectorAll(".q[data-aloud]"), function (one) { one.removeAttribute("data-aloud"); }); }
    function read(boxes, done) {
      stop();
      var box = boxes[0];
      if (!box) return done();
      if (box.offsetParent === null) return read(boxes.slice(1), done);
      var said = new SpeechSynthesisUtterance(words(box));
      said.lang = document.documentElement.lang === "zh-Hans" ? "zh-CN" : document.documentElement.lang;
      box.setAttribute("data-aloud", "");
      said.onend = function () { if (box.hasAttribute("data-aloud")) read(boxes.slice(1), done); };
      speech.speak(said);
    }
    function button(boxes, where, small) {
      var one = document.createElement("button"), speaking = false;
      one.type = "button";
      one.className = small ? "p" : "";
      if (!small) one.innerHTML = SPEAKER;
      function name(words) { if (small) one.textContent = words; else one.setAttribute("aria-label", words); }
      function still() { speaking = false; name(aloud); }
      one.addEventListener("click", function () {
        if (speaking) { still(); return stop(); }
        speaking = true;
        name(form.getAttribute("data-quiet"));
        read(boxes(), still);
      });
      still();
      where(one);
    }
    var head = document.querySelector("header b");
    button(function () { return Array.prototype.slice.call(form.querySelectorAll(".q")); }, function (one) { head.parentNode.insertBefore(one, head.nextSibling); });
    if (!/\blarge\b/.test(document.documentElement.className)) return;
    each(form.querySelectorAll(".q"), function (box) {
      button(function () { return [box]; }, function (one) { box.appendChild(one); }, true);
    });
  }

  function begin() {
    if (window.speechSynthesis) window.speechSynthesis.cancel();
    each(document.querySelectorAll("[data-rank]"), ranks);
    each(document.querySelectorAll("[data-total]"), sum);
    each(document.querySelectorAll("[data-slide]"), slide);
    var form = document.querySelector("main form[novalidate]");
    if (form) voice(form);
  }
  document.addEventListener("soundings:page", begin); // answer.js, which follows, tells of each page
})();
