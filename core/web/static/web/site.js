// Progressive enhancement only: every page works without this file.
(function () {
  "use strict";

  // A form is sent once: the second click on a slow line does nothing.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 4000);
  });

  // A select with data-submit sends its form when it changes; its button is then hidden.
  document.querySelectorAll("select[data-submit]").forEach(function (select) {
    var button = select.form && select.form.querySelector("[data-fallback]");
    if (button) button.hidden = true;
    select.addEventListener("change", function () { select.form.requestSubmit(); });
  });

  // Remaining time of a quote; the words around it come from the page.
  document.querySelectorAll("[data-expires]").forEach(function (element) {
    var end = Date.parse(element.dataset.expires);
    var place = element.querySelector("[data-remaining]");
    if (!place || isNaN(end)) return;
    var tick = function () {
      var left = Math.max(0, Math.floor((end - Date.now()) / 1000));
      var minutes = Math.floor(left / 60);
      var seconds = String(left % 60).padStart(2, "0");
      place.textContent = minutes + ":" + seconds;
      if (left > 0) window.setTimeout(tick, 1000);
      else element.classList.add("is-over");
    };
    tick();
  });

  // A part that asks for news does not ask while nobody looks.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var element = event.detail.elt;
    if (document.hidden && element.hasAttribute("data-poll")) event.preventDefault();
  });

  // A button with data-copy copies the field of that id; without scripts the field is enough.
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      var field = document.getElementById(button.dataset.copy);
      navigator.clipboard.writeText(field.value).then(
        function () { button.textContent = button.dataset.done; },
        function () { field.select(); }
      );
    });
  });

  // The page back from the browser's cache may send its forms again.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
