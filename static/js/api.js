// The page on which the programming interface is tried: a form becomes a request, its answer is shown below.
(() => {
  "use strict";
  const root = document.getElementById("api");
  const key = document.querySelector("[name=api_key]");

  function requestOf(form) {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    const headers = { Authorization: `Bearer ${key.value.trim()}` };
    for (const field of form.querySelectorAll("[data-in]")) {
      const value = field.value.trim();
      if (field.dataset.in === "path") path = path.replace(`{${field.dataset.name}}`, encodeURIComponent(value));
      else if (value && field.dataset.in === "query") query.set(field.dataset.name, value);
      else if (value) headers[field.dataset.name] = value;
    }
    const options = { method: form.dataset.method, headers, credentials: "omit" };
    const body = form.querySelector("textarea");
    if (body) {
      headers["Content-Type"] = "application/json";
      options.body = body.value;
    }
    return [query.size ? `${path}?${query}` : path, options];
  }

  function shown(text) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  }

  root.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const out = form.parentElement.querySelector("pre");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(...requestOf(form));
      out.textContent = `${answer.status} ${answer.statusText}\n\n${shown(await answer.text())}`;
    } catch {
      out.textContent = root.dataset.failed;
    }
    out.hidden = false;
    button.disabled = false;
    out.focus();
  });
})();
