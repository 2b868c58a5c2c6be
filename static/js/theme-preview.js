/* The theme's page: what is chosen shows at once in both frames. Without this, the button "Show it" does. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-preview]");
  if (!form) return;
  var names = ["brand", "logo", "corners", "density", "footer.zh-Hans", "footer.en"];
  function show() {
    var data = new FormData(form);
    document.querySelectorAll("iframe[data-scheme]").forEach(function (frame) {
      var query = new URLSearchParams({ scheme: frame.dataset.scheme });
      names.forEach(function (name) {
        if (data.get(name)) query.set(name, data.get(name));
      });
      frame.src = frame.src.split("?")[0] + "?" + query;
    });
  }
  form.addEventListener("change", show);
})();
