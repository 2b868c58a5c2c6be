/* A question of the bank: the phone beside the form shows what is typed. The form is sent to the preview's frame, never saved by it. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-bank-preview]"), frame = document.getElementById("bank-preview");
  const language = document.getElementById("bank-preview-language");
  if (!form || !frame) return;
  let timer = 0;
  function draw() {
    const sent = document.createElement("form"), url = new URL(form.dataset.bankPreview, location.href);
    if (language) url.searchParams.set("lang", language.value);
    sent.method = "post"; sent.action = url.href; sent.target = frame.name; sent.hidden = true;
    new FormData(form).forEach((value, name) => {
      const field = document.createElement("textarea");
      field.name = name; field.value = value; sent.append(field);
    });
    document.body.append(sent); sent.submit(); sent.remove();
  }
  function soon() { clearTimeout(timer); timer = setTimeout(draw, 500); }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  if (language) language.addEventListener("change", draw);
  draw();
})();
