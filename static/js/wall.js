/* The wall display asks for news by server-sent events; each answer is one event, after which the browser asks again by itself. */
(function () {
  "use strict";
  const main = document.querySelector("[data-stream]");
  if (!main || !window.EventSource) return;
  const source = new EventSource(main.dataset.stream);
  source.addEventListener("figures", (event) => {
    main.innerHTML = event.data; // our own page's inside, rendered and escaped by the server
  });
})();
