(function () {
  "use strict";
  var form = document.getElementById("filters");
  var source = document.getElementById("source"), week = document.getElementById("week");
  var said = document.getElementById("said"), latest = week.options[0].value;
  var DAY = 864e5;

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }

  // the last day of an ISO week such as 2026-W26, in milliseconds
  function sunday(name) {
    var year = +name.slice(0, 4), number = +name.slice(6);
    var fourth = new Date(Date.UTC(year, 0, 4));
    return fourth.getTime() + ((number - 1) * 7 - ((fourth.getUTCDay() + 6) % 7) + 6) * DAY;
  }

  // pictures move back to the week looked at, and their tables with them
  function move() {
    var until = sunday(week.value), back = week.selectedIndex;
    all("svg.moves").forEach(function (part) {
      var box = part.viewBox.baseVal;
      box.x = +part.getAttribute("data-left") - back * part.getAttribute("data-week-width");
    });
    all("table[data-span]").forEach(function (table) {
      var from = until - table.getAttribute("data-span") * DAY;
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        row.hidden = Date.parse(row.getAttribute("data-last")) > until || Date.parse(row.getAttribute("data-first")) <= from;
      });
    });
  }

  function show(speak) {
    all("[data-scope], [data-week]").forEach(function (part) {
      var scope = part.getAttribute("data-scope"), time = part.getAttribute("data-week");
      // drawings have no property of that name
      part.toggleAttribute("hidden", (scope !== null && scope !== source.value) || (time !== null && time !== week.value));
    });
    all("[data-earlier]").forEach(function (part) { part.hidden = week.value === latest; });
    move();
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
