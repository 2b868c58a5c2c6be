/* A signature drawn with finger, pen or mouse: the drawing becomes the file of the field. Without this a name is typed. */
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("[data-signature]"), function (box) {
    var input = box.querySelector("input[type=file]");
    if (!input || !window.DataTransfer || !HTMLCanvasElement.prototype.toBlob) return;
    var label = document.createElement("p"), canvas = document.createElement("canvas"), button = document.createElement("button");
    label.textContent = box.getAttribute("data-draw") || "";
    canvas.width = 560;
    canvas.height = 200;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label.textContent);
    canvas.style.cssText = "display:block;width:100%;max-width:560px;background:#fff;border:1px solid currentColor;border-radius:6px;touch-action:none;cursor:crosshair";
    button.type = "button";
    button.className = "p";
    button.textContent = box.getAttribute("data-clear") || "×";
    box.parentNode.insertBefore(label, box);
    box.parentNode.insertBefore(canvas, box);
    box.parentNode.insertBefore(button, box);
    var pen = canvas.getContext("2d"), last = null, drawn = false;
    pen.lineWidth = 3;
    pen.lineCap = "round";
    pen.strokeStyle = "#17212e";

    function place(event) {
      var edge = canvas.getBoundingClientRect();
      return [((event.clientX - edge.left) * canvas.width) / edge.width, ((event.clientY - edge.top) * canvas.height) / edge.height];
    }
    function keep() {
      canvas.toBlob(function (blob) {
        var files = new DataTransfer();
        if (drawn && blob) files.items.add(new File([blob], "signature.png", { type: "image/png" }));
        input.files = files.files;
        canvas.setAttribute("data-drawn", drawn ? "1" : "0");
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }, "image/png");
    }
    canvas.addEventListener("pointerdown", function (event) {
      canvas.setPointerCapture(event.pointerId);
      last = place(event);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", function (event) {
      if (!last) return;
      var next = place(event);
      pen.beginPath();
      pen.moveTo(last[0], last[1]);
      pen.lineTo(next[0], next[1]);
      pen.stroke();
      last = next;
      drawn = true;
    });
    ["pointerup", "pointercancel"].forEach(function (kind) {
      canvas.addEventListener(kind, function () {
        if (last && drawn) keep();
        last = null;
      });
    });
    button.addEventListener("click", function () {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      drawn = false;
      keep();
    });
  });
})();
