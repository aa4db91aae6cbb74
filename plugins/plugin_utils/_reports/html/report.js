// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
(() => {
  const table = document.getElementById("hosts-table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const text = document.getElementById("filter-text");
  const status = document.getElementById("filter-status");
  const severity = document.getElementById("filter-severity");
  const live = document.getElementById("live");
  const texts = rows.map((row) => row.dataset.text);
  const ranks = rows.map((row) => Number(row.dataset.rank));
  const collator = new Intl.Collator("en", { numeric: true });
  let timer = 0;

  const filter = () => {
    clearTimeout(timer);
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const least = Number(severity.value);
    let shown = 0;
    rows.forEach((row, index) => {
      const fits =
        ranks[index] >= least &&
        (!status.value || row.dataset.status === status.value) &&
        words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    live.textContent = `${shown} of ${rows.length} hosts shown`;
  };

  const value = (row, column) => {
    const cell = row.cells[column];
    const known = cell.dataset.v ?? cell.textContent;
    return known !== "" && !Number.isNaN(Number(known)) ? Number(known) : known;
  };

  // What is not known stays at the end, whichever way the rest is sorted.
  const compare = (left, right, direction) => {
    if (left === "" || right === "") {
      return (left === "") - (right === "");
    }
    const numbers = typeof left === "number" && typeof right === "number";
    return direction * (numbers ? left - right : collator.compare(String(left), String(right)));
  };

  const sort = (column) => {
    const head = heads[column];
    const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
    const keyed = rows.map((row, index) => ({ row, index, key: value(row, column) }));
    keyed.sort((left, right) => compare(left.key, right.key, direction) || left.index - right.index);
    body.append(...keyed.map((entry) => entry.row));
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(filter, 120);
  });
  status.addEventListener("change", filter);
  severity.addEventListener("change", filter);
  document.getElementById("filter-reset").addEventListener("click", () => {
    text.value = status.value = "";
    severity.value = "0";
    filter();
    text.focus();
  });
  document.getElementById("controls").hidden = false;
  document.documentElement.classList.add("js");
  filter();

  // A jump rests on the estimated heights of what was not laid out yet, so it may miss; each further one knows more.
  const settle = (target, times) => {
    target?.scrollIntoView();
    if (times) requestAnimationFrame(() => settle(target, times - 1));
  };
  addEventListener("hashchange", () => settle(document.getElementById(location.hash.slice(1)), 4));
})();
