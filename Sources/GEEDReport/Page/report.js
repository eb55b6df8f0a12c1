// SPDX-License-Identifier: MIT
//
// The page is complete without this script: verdicts, tables and the values of every chart are HTML.
// The script draws the charts, links them by one selection, and sorts and copies the summary table.
//
// Names of files and tensors come from anywhere. They enter the page as text (`textContent`, or the text marks of
// Vega), never as markup, and expressions are interpreted, so that the page needs no permission for `eval`.

"use strict";

const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);
const parse = (element) => JSON.parse(element.textContent);

/** Creates an element with properties and children; strings become text. */
function element(name, properties = {}, ...children) {
  const result = Object.assign(document.createElement(name), properties);
  result.append(...children);
  return result;
}

// MARK: Tables

/** The columns of all tables. A column is an array, or `{dictionary, index}` where values repeat. */
const columns = parse(byId("geed-data"));
const tables = new Map();

/** Returns the rows of a table as objects. */
function rows(name) {
  if (!tables.has(name)) tables.set(name, rowsOf(columns[name] ?? {}));
  return tables.get(name);
}

function rowsOf(table) {
  const names = Object.keys(table);
  const values = names.map((name) => {
    const { dictionary, index } = table[name];
    return dictionary ? index.map((at) => dictionary[at]) : table[name];
  });
  return (values[0] ?? []).map((_, row) => Object.fromEntries(names.map((name, i) => [name, values[i][row]])));
}

/** Returns the rows whose `key` is `value`; the first call for a key sorts the table by it. */
function rowsWhere(name, key, value) {
  const place = `${name}.${key}`;
  if (!tables.has(place)) tables.set(place, Map.groupBy(rows(name), (row) => row[key]));
  return tables.get(place).get(value) ?? [];
}

// MARK: Tooltip

const tip = document.body.appendChild(element("div", { className: "tip", hidden: true }));

/** Shows the fields of a mark beside the pointer. Vega calls it, with `null` to hide the tooltip. */
function showTip(_, event, __, value) {
  tip.hidden = value == null;
  if (tip.hidden) return;
  const lines = typeof value === "object" ? Object.entries(value) : [["", value]];
  tip.replaceChildren(
    ...lines
      .filter(([, text]) => text !== undefined && text !== "" && text !== "null" && text !== "undefined")
      .map(([title, text]) => element("div", {}, element("b", {}, title ? `${title} ` : ""), String(text))),
  );
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4))}px`;
  tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18}px`;
}

// MARK: Charts

/** A figure with a specification of Vega-Lite, drawn into its element `.plot`. */
class Chart {
  constructor(figure) {
    this.figure = figure;
    this.plot = figure.querySelector(".plot");
    this.spec = parse(figure.querySelector("script"));
    this.tables = [...new Set(tableNames(this.spec))];
    this.parameters = (this.spec.params ?? []).map((parameter) => parameter.name);
    this.plot.addEventListener("keydown", (event) => this.step(event));
  }

  /** Draws the chart. Its colours are `var(--…)`, so that it follows the theme without being drawn again. */
  async draw(config) {
    for (const parameter of this.spec.params ?? []) parameter.value = selection[parameter.name];
    // Each view has copies of the rows, because it adds fields to them.
    const datasets = Object.fromEntries(this.tables.map((name) => [name, rows(name).map((row) => ({ ...row }))]));
    this.drawn = await vegaEmbed(this.plot, { ...this.spec, datasets }, {
      mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: showTip, config,
    });
    this.drawn.view.addEventListener("click", (_, item) => this.choose(item?.datum));
  }

  /** Shows what is selected. */
  update() {
    if (!this.drawn || !this.parameters.length) return;
    for (const name of this.parameters) this.drawn.view.signal(name, selection[name]);
    this.drawn.view.runAsync();
  }

  /** Selects the probe or example of a mark. */
  choose(datum) {
    const name = this.figure.dataset.selects;
    if (name && datum?.[name] >= 0) select({ [name]: datum[name] });
  }

  /** Selects the next or the previous probe or example when an arrow key is pressed. */
  step(event) {
    const direction = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const menu = byId(`choose-${this.figure.dataset.selects}`);
    const option = direction && menu?.options[menu.selectedIndex + direction];
    if (!option) return;
    event.preventDefault();
    select({ [this.figure.dataset.selects]: Number(option.value) });
  }
}

/** Returns the names of the tables that a part of a specification refers to. */
function tableNames(part) {
  if (part === null || typeof part !== "object") return [];
  const own = typeof part.data?.name === "string" ? [part.data.name] : [];
  return own.concat(...Object.values(part).map(tableNames));
}

const charts = all("figure[data-chart]").map((figure) => new Chart(figure));

/** Draws all charts, those nearest to the top first. */
async function drawAll() {
  const config = parse(byId("geed-config"));
  for (const chart of charts) {
    await chart.draw(config);
    await new Promise((next) => setTimeout(next)); // between charts the page reacts to its reader
  }
}

// MARK: Selection

/** What is selected: the numbers of a probe and of an example, -1 for none. */
const selection = { probe: Number(root.dataset.probe ?? -1), example: -1 };

/** Changes the selection, and shows it in menus, tables, cards and charts. */
function select(change) {
  const probeChanged = change.probe !== undefined && change.probe !== selection.probe;
  Object.assign(selection, change);
  if (probeChanged && !ranking().some((row) => row.example === selection.example)) selection.example = -1;
  if (selection.example === -1) selection.example = ranking()[0]?.example ?? -1;
  showSelection(probeChanged);
  for (const chart of charts) chart.update();
}

/** Returns the examples of the selected probe, the largest deviation first. */
function ranking() {
  return rowsWhere("perExample", "probe", selection.probe).toReversed();
}

const exampleNamed = (number) => rows("examples")[number] ?? {};

/** Writes a number with three significant digits, as the tables do. */
function rounded(value) {
  if (value === 0) return "0";
  const digits = { minimumSignificantDigits: 3, maximumSignificantDigits: 3 };
  const text = Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toLocaleString("en", digits);
  return text.replaceAll("-", "−");
}

function showSelection(probeChanged) {
  const menus = { probe: byId("choose-probe"), example: byId("choose-example") };
  if (menus.example && probeChanged) {
    const options = ranking().filter(({ choice }) => choice !== -1).map(({ example, value }) => new Option(`${rounded(value)}  ${exampleNamed(example).name}`, example));
    menus.example.replaceChildren(...options);
  }
  for (const [name, menu] of Object.entries(menus)) if (menu) menu.value = String(selection[name]);
  for (const row of all("tr[data-probe]")) row.setAttribute("aria-selected", Number(row.dataset.probe) === selection.probe);
  if (probeChanged) showCards();
  for (const card of all(".card")) card.setAttribute("aria-pressed", Number(card.dataset.example) === selection.example);
  showStrip();
}

/** Lists the examples with the largest and the smallest deviations. */
function showCards() {
  const ordered = ranking();
  const show = (list, chosen) => list?.replaceChildren(...chosen.map((row) => element("li", {}, card(row))));
  show(byId("worst"), ordered.slice(0, byId("worst")?.children.length));
  show(byId("best"), ordered.slice(-byId("best")?.children.length).reverse());
}

function card({ example, value }) {
  const { name, label } = exampleNamed(example);
  const result = element("button", { type: "button", className: "card" });
  result.dataset.example = example;
  const [thumbnail] = rowsWhere("thumbnails", "example", example);
  if (thumbnail) result.append(element("img", { src: thumbnail.image, alt: "" }));
  const small = [element("bdi", {}, name), label ?? "", changes(example)].map((text) => element("small", {}, text));
  result.append(element("span", {}, rounded(value), ...small));
  return result;
}

/** Returns the predictions for an example: those of the selected probe, or of the first classifier. */
function predictions(example) {
  const all = rowsWhere("predictions", "example", example);
  return all.find(({ probe }) => probe === selection.probe) ?? all[0];
}

/** Says for how many elements, of all, the prediction differs from that for the image itself. */
function changes(example) {
  const predicted = predictions(example);
  return predicted ? `${predicted.changed} of ${predicted.others} predictions change` : "";
}

/** Shows the images of the selected example's orbit, each with its element and its predicted class. */
function showStrip() {
  const strip = byId("strip");
  if (!strip) return;
  const [thumbnail] = rowsWhere("thumbnails", "example", selection.example);
  strip.hidden = !thumbnail;
  if (!thumbnail) return;
  const { elements, elementCount, columns, aspect, image } = thumbnail;
  const rowCount = elements.length / columns;
  const predicted = predictions(selection.example);
  const classes = predicted?.classes ?? [];
  const cells = elements.map((name, at) => {
    const picture = element("div", {}, element("img", { src: image, alt: "" }));
    picture.style.aspectRatio = `1 / ${aspect}`;
    Object.assign(picture.firstChild.style, {
      width: `${100 * columns}%`, left: `${-100 * (at % columns)}%`, top: `${-100 * Math.floor(at / columns)}%`, height: `${100 * rowCount}%`,
    });
    const isChanged = classes.length > 0 && classes[at] !== classes[0];
    const predicted = element("b", { className: isChanged ? "changed" : "" }, String(classes[at] ?? ""));
    return element("div", {}, picture, element("small", {}, name), predicted);
  });
  const grid = strip.querySelector("div");
  grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 3.5rem))`;
  grid.replaceChildren(...cells);
  const { name, label } = exampleNamed(selection.example);
  const shown = elements.length < elementCount ? `${elements.length} of the ${elementCount} elements` : "the elements";
  const { metric, label: probe } = rows("probes")[predicted?.probe] ?? {};
  const note = predicted ? `; below, the class that ${metric} ${probe} predicts, marked where it differs from that of the unchanged image` : "";
  strip.querySelector("figcaption").replaceChildren(element("bdi", {}, name), `${label ? ` (${label})` : ""} under ${shown} of the group${note}`);
}

// MARK: Summary table

const shownText = (cell) => cell.textContent.trim().replaceAll(/\s+/g, " ");
const exactText = (cell) => cell.dataset.value ?? shownText(cell);

/** Sorts the rows by a column, numbers as numbers and missing values last; a second call reverses the order. */
function sortBy(header) {
  const table = header.closest("table");
  const column = [...header.parentElement.children].indexOf(header);
  const sign = header.ariaSort === "ascending" ? -1 : 1;
  for (const other of all("th", table.tHead)) other.ariaSort = null;
  header.ariaSort = sign === 1 ? "ascending" : "descending";
  const key = (row) => exactText(row.cells[column]);
  const isMissing = (text) => text === "" || text === "–";
  const order = (a, b) => isMissing(key(a)) - isMissing(key(b)) || sign * key(a).localeCompare(key(b), "en", { numeric: true });
  const numeric = (a, b) => isMissing(key(a)) - isMissing(key(b)) || sign * (key(a) - key(b));
  const body = table.tBodies[0];
  const isNumeric = [...body.rows].every((row) => isMissing(key(row)) || !Number.isNaN(Number(key(row))));
  body.append(...[...body.rows].sort(isNumeric ? numeric : order));
}

/** How to write a row of cells in each format. */
const formats = {
  markdown: {
    escape: (text) => text.replaceAll("\\", "\\\\").replaceAll("|", "\\|"),
    row: (cells) => `| ${cells.join(" | ")} |`,
    head: (head) => `| ${head.join(" | ")} |\n|${" --- |".repeat(head.length)}`,
  },
  latex: {
    escape: (text) => text.replaceAll("\\", "\\textbackslash ").replaceAll(/[&%$#_{}]/g, "\\$&").replaceAll("−", "$-$").replaceAll("ℓ₂", "$\\ell_2$").replaceAll("–", "--"),
    row: (cells) => `${cells.join(" & ")} \\\\`,
    head: (head) => `\\begin{tabular}{${"l".repeat(head.length)}}\n\\toprule\n${head.join(" & ")} \\\\\n\\midrule`,
    foot: "\\bottomrule\n\\end{tabular}",
  },
  csv: {
    escape: (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text),
    row: (cells) => cells.join(","),
    head: (head) => head.join(","),
    text: exactText,
  },
};

/** Returns a table as text, in the order that the page shows. */
function tableText(table, { escape, row, head, foot, text = shownText }) {
  const cells = (line) => [...line.cells].map((cell) => escape(text(cell)));
  const lines = [head(cells(table.tHead.rows[0])), ...[...table.tBodies[0].rows].map((line) => row(cells(line)))];
  return [...lines, ...(foot ? [foot] : [])].join("\n") + "\n";
}

/** Copies text; pages opened from files have no clipboard in some browsers, but all have the old command. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.body.appendChild(element("textarea", { value: text }));
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

// MARK: Start

/** Returns whether the page is dark: as the reader chose, or else as the system is. */
function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

document.addEventListener("click", async ({ target }) => {
  const pick = target.closest(".pick, .card, [data-copy], th button, .theme");
  if (!pick) return;
  if (pick.matches(".pick")) select({ probe: Number(pick.closest("tr").dataset.probe) });
  if (pick.matches(".card")) select({ example: Number(pick.dataset.example) });
  if (pick.matches("th button")) sortBy(pick.closest("th"));
  if (pick.matches(".theme")) root.dataset.theme = isDark() ? "light" : "dark";
  if (pick.dataset.copy) {
    await copy(tableText(byId("summary-table"), formats[pick.dataset.copy]));
    byId("copied").textContent = `Copied as ${pick.textContent}.`;
  }
});

for (const name of ["probe", "example"]) {
  byId(`choose-${name}`)?.addEventListener("change", (event) => select({ [name]: Number(event.target.value) }));
}

root.classList.add("scripted");
{
  const { probe } = selection;
  selection.probe = -1;
  select({ probe });
}
drawAll().then(() => {
  performance.mark("drawn");
  root.dataset.state = "drawn";
});
