(function () {
  "use strict";
  var form = document.getElementById("filters");
  var source = document.getElementById("source"), week = document.getElementById("week");
  var said = document.getElementById("said"), latest = week.options[0].value;

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }

  // the last day of an ISO week such as 2026-W26
  function sunday(name) {
    var year = +name.slice(0, 4), number = +name.slice(6);
    var fourth = new Date(Date.UTC(year, 0, 4));
    var day = new Date(fourth.getTime() + ((number - 1) * 7 - ((fourth.getUTCDay() + 6) % 7) + 6) * 864e5);
    return day.toISOString().slice(0, 10);
  }

  // what came after the week looked at is covered in pictures and left out of their tables
  function cut(until) {
    all("tr[data-day]").forEach(function (row) { row.hidden = row.getAttribute("data-day") > until; });
    all("svg[data-first]").forEach(function (drawing) {
      var old = drawing.querySelector(".later");
      if (old) { drawing.removeChild(old); }
      var first = Date.parse(drawing.getAttribute("data-first")), last = Date.parse(drawing.getAttribute("data-last"));
      var share = (Date.parse(until) - first) / Math.max(864e5, last - first);
      if (share >= 1) { return; }
      var left = +drawing.getAttribute("data-left"), right = +drawing.getAttribute("data-right");
      var box = drawing.viewBox.baseVal, x = left + Math.max(0, share) * (right - left);
      var cover = document.createElementNS(drawing.namespaceURI, "rect");
      cover.setAttribute("class", "later");
      cover.setAttribute("x", x); cover.setAttribute("y", 0);
      cover.setAttribute("width", box.width - x); cover.setAttribute("height", box.height - 22);
      drawing.appendChild(cover);
    });
  }

  function show(speak) {
    all("[data-scope]").forEach(function (part) {
      var ofWeek = part.getAttribute("data-week");
      part.hidden = part.getAttribute("data-scope") !== source.value || (ofWeek !== null && ofWeek !== week.value);
    });
    all("[data-earlier]").forEach(function (part) { part.hidden = week.value === latest; });
    cut(week.value === latest ? "9999-12-31" : sunday(week.value));
    var head = document.querySelector("h1:not([hidden])");
    if (head) { document.title = document.title.split(" · ")[0] + " · " + head.textContent; }
    if (speak && head) { said.textContent = head.textContent; }
  }

  function fromAddress() {
    var asked = new URLSearchParams(location.hash.slice(1));
    [source, week].forEach(function (field) {
      var value = asked.get(field.id);
      if (value && all("#" + field.id + " option").some(function (one) { return one.value === value; })) { field.value = value; }
    });
  }

  form.addEventListener("change", function () {
    var chosen = new URLSearchParams();
    chosen.set("source", source.value); chosen.set("week", week.value);
    try { history.replaceState(null, "", "#" + chosen); } catch (refused) { /* a page from a file may not */ }
    show(true);
  });
  window.addEventListener("hashchange", function () { fromAddress(); show(true); });
  form.hidden = false;
  fromAddress();
  show(false);
})();
