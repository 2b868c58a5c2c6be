/* Runs before the first paint: what this person chose last time on this machine. Without a choice the system's own setting counts. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("nav") === "slim") root.dataset.nav = "slim";
  } catch (error) { /* storage may be forbidden; then nothing is remembered */ }
})();
