"use strict";
/* The page: it shows what the server says and sends what is typed. Texts become text nodes, never
   markup, so that a name is a name whatever it holds. */
(() => {
  const $ = (id) => document.getElementById(id);
  const el = (name, given = {}, ...inside) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(given)) {
      if (value === false || value === null || value === undefined) continue;
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key === "value") node.value = value;
      else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...inside.flat().filter((part) => part !== null && part !== undefined));
    return node;
  };
  const kept = (name, fresh) => { let found = null; try { found = sessionStorage.getItem(name); if (fresh && fresh !== found) sessionStorage.setItem(name, found = fresh); } catch { found = fresh; } return found; };

  // who we are: the token stands behind the hash of the printed address and is taken out of sight
  const token = kept("token", location.hash.slice(1) || null) || "";
  if (location.hash) history.replaceState(null, "", location.pathname);
  const session = kept("session") || kept("session", [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""));

  let form = [], state = null, sheet = "Projects", all = false, edited = null, planned = 0, lastSent = null, questions = [];
  let chain = Promise.resolve();

  const request = (path, body) => fetch(path, { method: "POST", body, headers: { "x-planner-token": token, "x-planner-session": session } });
  async function post(path, body, raw = false) {
    const answer = await request(path, raw ? body : JSON.stringify(body));
    if (answer.headers.has("x-planner-name")) return answer; // a file to save, JSON or not
    const found = await answer.json();
    if (found.error) throw new Error(found.error);
    return found;
  }
  function fail(error) {
    const lost = error instanceof TypeError;
    say(lost ? "The server does not answer; it may have been ended." : error.message);
    if (lost) setStatus("poor", "not connected");
  }
  function say(text) { $("alert").hidden = !text; $("alert").textContent = text || ""; }
  function setStatus(tone, text) { $("status").dataset.tone = tone; $("status").textContent = text; }

  /* One request changes the portfolio and plans it: its first line says how things stand, its second is the plan. */
  let coming = null;
  async function change(body) {
    const lines = linesOf(await request("/api/act", JSON.stringify({ ...body, plan: true })));
    const found = (await lines.next()).value;
    if (found.error) throw new Error(found.error);
    coming = { revision: found.state.revision, found: lines.next().then((line) => line.value) };
    coming.found.catch(() => {}); // who waits for it says so
    take(found);
  }
  async function* linesOf(answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      const parts = (text + (value || "")).split("\n");
      text = done ? "" : parts.pop();
      for (const part of parts) if (part) yield JSON.parse(part);
      if (done) return;
    }
  }
  function act(body) {
    chain = chain.then(() => change(body)).catch(fail);
    return chain;
  }
  const HOLD = 300; // what is wrong with half a word is not said while it is being typed
  let typed = -HOLD, held = null;
  function take(found) {
    say("");
    clearTimeout(held);
    if (found.problems && !found.refused) say(found.problems.map((p) => [p.place, p.message, p.fix && `Fix: ${p.fix}`].filter(Boolean).join(" – ")).join("\n"));
    state = found.state;
    if (found.refused) refuse(found.refused);
    const wait = typed + HOLD - performance.now();
    if (wait > 0 && state.open && state.problems.length) { document.body.classList.add("old"); held = setTimeout(draw, wait); } else draw();
  }
  function refuse(refused) {
    if (refused.cell) state.problems = [...(state.problems || []), { ...refused, refused: true }];
    else say([refused.message, refused.fix].filter(Boolean).join(" "));
  }

  // ---- drawing what the state says
  function draw() {
    $("begin").hidden = state.open; $("work").hidden = !state.open; $("tools").hidden = !state.open;
    $("name").textContent = state.open ? (portfolioName() || state.name) : "A portfolio of vision projects";
    document.title = state.open ? `${portfolioName() || state.name} – planner` : "planner";
    if (!state.open) { setStatus("", ""); return; }
    $("undo").disabled = !state.undo; $("redo").disabled = !state.redo;
    $("notes").hidden = !state.notes.length;
    $("notes").replaceChildren(el("span", {}, state.notes.join(" ")));
    if (!state.tables) sheet = "File";
    drawTabs(); drawPanel(); drawLevers();
    const wrong = state.problems.length;
    document.body.classList.toggle("old", wrong > 0 || planned !== state.revision);
    if (wrong) {
      setStatus("poor", wrong === 1 ? "1 mistake" : `${wrong} mistakes`);
      $("fresh").textContent = planned ? "Shown: the plan before the mistakes." : "";
      $("stuck").replaceChildren(planned ? "" : el("p", { class: "waiting" }, wrong === 1 ? "One thing is missing or wrong; it is marked below." : `${wrong} things are missing or wrong; they are marked below.`));
    } else if (planned !== state.revision) plan();
    else { setStatus("good", "planned"); $("fresh").textContent = ""; }
  }
  function portfolioName() { return state.tables && state.tables.Portfolio[0].cells["portfolio.name"]; }

  const ORDER = ["Projects", "Pilots", "Portfolio", "Rules", "Prices"];
  function drawTabs() {
    const bad = new Map();
    for (const p of state.problems) if (p.cell) bad.set(p.cell.sheet, (bad.get(p.cell.sheet) || 0) + 1);
    const names = { Portfolio: "Settings", Pilots: "Runs", Prices: "Compute", File: "File" };
    // the buttons stay who they are: one that is being pressed must not be replaced under the finger
    if (!$("tabs").children.length) $("tabs").append(...[...ORDER, ...form.map((one) => one.name).filter((name) => !ORDER.includes(name)), "File"].map((name) => el("button", { type: "button", role: "tab", id: `tab-${name}`, "data-sheet": name, "aria-controls": "panel", onclick: () => { sheet = name; drawTabs(); drawPanel(true); } })));
    for (const tab of $("tabs").children) {
      const name = tab.dataset.sheet, wrong = bad.get(name) || 0;
      const rows = state.tables && name !== "File" && formOf(name).table ? state.tables[name].length : 0;
      tab.hidden = name !== "File" && !state.tables;
      tab.setAttribute("aria-selected", String(name === sheet));
      tab.tabIndex = name === sheet ? 0 : -1;
      tab.replaceChildren(names[name] || name, ...(rows ? [el("span", { class: "count" }, ` ${rows}`)] : []), ...(wrong ? [el("span", { class: "bad" }, ` · ${wrong} wrong`)] : []));
    }
    $("panel").setAttribute("aria-labelledby", `tab-${sheet}`);
    const loose = state.problems.filter((p) => !p.cell);
    $("loose").replaceChildren(...loose.map((p) => el("p", { class: "wrong" }, [p.place, p.message].filter(Boolean).join("  "), p.fix ? el("span", { class: "fix" }, `Fix: ${p.fix}`) : null)));
  }
  function formOf(name) { return form.find((one) => one.name === name); }
  const keyOf = (cell) => `${cell.sheet}|${cell.row}|${cell.column}`;

  function mistakes() {
    const found = new Map();
    for (const p of state.problems) if (p.cell) found.set(keyOf(p.cell), [...(found.get(keyOf(p.cell)) || []), p]);
    return found;
  }

  let shape = "", drawn = new Map();
  function drawPanel(anew = false) {
    if (sheet === "File") { drawFile(anew); return; }
    const asked = formOf(sheet), rows = state.tables[sheet], wrong = mistakes();
    const columns = asked.table ? shownColumns(asked, rows, wrong) : asked.columns;
    const now = JSON.stringify([sheet, rows.map((r) => r.at.length), columns.map((c) => c.path), sheet === "Rules" ? rows.map((r) => r.cells.rule) : 0, asked.of_project ? state.tables.Projects.map((r) => r.cells.id) : 0]);
    if (anew || now !== shape) {
      const active = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
      shape = now;
      $("panel").replaceChildren(...(asked.table ? grid(asked, columns, rows) : [settings(asked)]));
      drawn = new Map([...$("panel").querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, [cell, cell.querySelector("[data-key]")]]));
      if (active) { const again = document.querySelector(`[data-key="${CSS.escape(active)}"]`); if (again) again.focus(); }
    }
    fill(asked, columns, rows, wrong);
  }
  const ALWAYS = { Projects: ["id", "task", "classes", "target_accuracy", "images.held", "images.limit", "images.price", "value", "architectures"], Pilots: ["project", "images", "error", "test_images", "architecture"], Rules: ["rule", "projects", "needs", "count", "name"], Shared: ["id", "kind", "members", "required", "fixed_cost", "split"], Periods: ["id", "budget"] };
  function shownColumns(asked, rows, wrong) {
    if (all) return asked.columns;
    const base = new Set(ALWAYS[asked.name] || asked.columns.map((c) => c.path));
    for (const row of rows) for (const path of Object.keys(row.cells)) base.add(path);
    for (const key of wrong.keys()) { const [name, , path] = key.split("|"); if (name === asked.name) base.add(path); }
    return asked.columns.filter((c) => base.has(c.path) || (document.activeElement && document.activeElement.dataset && (document.activeElement.dataset.key || "").endsWith(`|${c.path}`)));
  }

  function control(name, row, column, label) {
    const key = `${name}|${row}|${column.path}`;
    const given = { "data-key": key, "aria-label": label, autocomplete: "off", spellcheck: "false", onfocus: () => help(column) };
    const whose = formOf(name).of_project && column.path === "project";
    if (whose || column.choices.length || column.kind === "yes or no") {
      const words = whose ? state.tables.Projects.map((r) => r.cells.id).filter(Boolean) : column.choices.length ? column.choices : ["true", "false"];
      const none = whose || column.path === "rule" ? null : el("option", { value: "" }, column.default ? `${column.default.toLowerCase()}` : "–");
      return el("select", { ...given, onchange: (e) => commit(e.target) }, none, words.map((word) => el("option", { value: word }, word)));
    }
    return el("input", { ...given, placeholder: column.title.includes("*") ? column.example : column.default, oninput: (e) => later(e.target), onchange: (e) => commit(e.target), onkeydown: keys, onpaste: (e) => paste(e, name, row, column) });
  }
  function help(column) {
    const box = $("help");
    if (!box) return;
    box.replaceChildren(el("b", {}, column.title.replace(" *", "") + (column.unit ? ` (${column.unit})` : "")), `  ${column.help}${column.default ? ` If empty: ${column.default}.` : ""}`);
  }
  function rowName(asked, row, at) { return row.cells.id || row.cells.project || row.cells.name || row.cells.rule || `row ${at + 1}`; }

  const ADDS = { Projects: "Add a project", Pilots: "Add a run", Rules: "Add a rule", Shared: "Add a shared asset", Periods: "Add a period", People: "Add people", Benefits: "Add a benefit" };
  function grid(asked, columns, rows) {
    const head = el("tr", {}, columns.map((c) => { const th = el("th", { scope: "col", title: c.help }, c.title.replace(" *", ""), c.unit ? el("small", {}, c.unit) : null); th.style.minWidth = `${widthOf(c, rows)}ch`; return th; }), el("td", {}));
    const body = rows.map((row, at) => el("tr", {}, columns.map((c) => {
      const label = `${c.title.replace(" *", "")}, ${rowName(asked, row, at)}`;
      return el("td", { "data-cell": `${asked.name}|${at}|${c.path}` }, control(asked.name, at, c, label));
    }), el("td", {}, el("button", { type: "button", class: "remove", "aria-label": `Remove ${rowName(asked, row, at)}`, title: "Remove", onclick: () => { edited = null; act({ action: "remove", sheet: asked.name, row: at }); } }, "✕"))));
    const hidden = asked.columns.length - columns.length;
    const add = el("button", { type: "button", onclick: () => addRow(asked) }, ADDS[asked.name] || "Add a line");
    const more = hidden || all ? el("button", { type: "button", class: "quiet", "aria-pressed": String(all), onclick: () => { all = !all; drawPanel(true); } }, all ? "Fewer columns" : `${hidden} more columns`) : null;
    const empty = rows.length ? null : el("p", { class: "waiting" }, asked.hint);
    const table = el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": `${asked.name}, table` }, el("table", { class: "grid" }, el("thead", {}, head), el("tbody", {}, body)));
    return [rows.length ? table : "", empty || "", el("p", { class: "help", id: "help" }), el("div", { class: "under" }, add, more, asked.name === "Projects" ? el("span", { class: "hint" }, "Paste a block from Excel into any cell, with or without its headers.") : null)];
  }
  function widthOf(column, rows) {
    const longest = Math.max(...rows.map((row) => (row.cells[column.path] || "").length), ...column.choices.map((word) => word.length + 3), column.title.split(" ").reduce((most, word) => Math.max(most, word.length + 2), 0));
    return Math.min(Math.max(longest + 3, 8), 26);
  }
  function addRow(asked) {
    if (asked.name === "Pilots") { runBox(); return; }
    const at = state.tables[asked.name].length;
    const names = state.tables.Projects.map((row) => row.cells.id).filter(Boolean);
    act({ action: "add", sheet: asked.name, cells: asked.name === "Rules" ? { rule: "require" } : asked.of_project ? { project: names[0] || "" } : {} }).then(() => {
      const first = document.querySelector(`[data-key="${asked.name}|${at}|${asked.columns[0].path}"]`);
      if (first) { first.focus(); if (first.select) first.select(); }
    });
  }
  function settings(asked) {
    return el("div", { class: "settings" }, asked.columns.map((c) => {
      const id = `set-${c.path}`, box = control(asked.name, 0, c, null);
      box.id = id; box.removeAttribute("aria-label"); box.setAttribute("aria-describedby", `${id}-says`);
      return el("div", { "data-cell": `${asked.name}|0|${c.path}` }, el("label", { for: id }, c.title, c.unit ? el("small", {}, ` ${c.unit}`) : null), box, el("p", { class: "says", id: `${id}-says` }, c.help));
    }));
  }
  function fill(asked, columns, rows, wrong) {
    rows.forEach((row, at) => columns.forEach((c) => {
      const key = `${asked.name}|${at}|${c.path}`, [cell, box] = drawn.get(key) || [];
      if (!cell) return;
      const problems = wrong.get(key) || [], value = row.cells[c.path] || "";
      if (box) {
        const typing = document.activeElement === box && box.tagName === "INPUT" && (box.dataset.dirty || problems.some((p) => p.refused));
        if (!typing) {
          if (box.tagName === "SELECT" && value && ![...box.options].some((o) => o.value === value)) box.append(el("option", { value }, value));
          if (!problems.some((p) => p.refused)) box.value = value;
        }
        if (box.tagName === "SELECT" || !typing) box.dataset.was = value;
        box.setAttribute("aria-invalid", String(problems.length > 0));
      }
      const before = cell.querySelectorAll(".mistake"), said = problems.map((p) => p.message + p.fix).join("|");
      if (cell.dataset.said === said) return;
      cell.dataset.said = said;
      before.forEach((node) => node.remove());
      cell.classList.toggle("has-mistake", problems.length > 0);
      if (box) { const says = [asked.table ? null : `set-${c.path}-says`, problems.length ? `wrong-${key}` : null].filter(Boolean); if (says.length) box.setAttribute("aria-describedby", says.join(" ")); else box.removeAttribute("aria-describedby"); }
      problems.forEach((p, i) => cell.append(el("div", { class: "mistake", id: i ? null : `wrong-${key}` }, p.message, p.fix ? el("span", { class: "fix" }, `Fix: ${p.fix} `, useful(p, c) ? el("button", { type: "button", onclick: () => act({ action: "edit", sheet: asked.name, row: at, column: c.path, text: useful(p, c) }) }, "Use it") : null) : null)));
    }));
  }
  function useful(problem, column) {
    const last = column.path.split(".").at(-1), found = problem.fix.match(/^([a-z_]+): (\S+)$/);
    return found && found[1] === last && problem.code !== "MISSING" ? found[2] : null;
  }
  function drawFile(anew) {
    const now = "file";
    if (anew || shape !== now) {
      shape = now;
      const box = el("textarea", { class: "file", id: "file-text", spellcheck: "false", "aria-label": `${state.name} as text` });
      box.value = state.text;
      $("panel").replaceChildren(el("p", { class: "help" }, `${state.name} as it will be saved. Comments are yours and stay.`), box, el("div", { class: "under" }, el("button", { type: "button", class: "main", onclick: () => act({ action: "text", text: box.value }) }, "Use this text")));
    } else if (document.activeElement !== $("file-text")) $("file-text").value = state.text;
  }

  // ---- typing
  let waiting = null;
  function where(box) { const [name, row, column] = box.dataset.key.split("|"); return { sheet: name, row: Number(row), column }; }
  const pause = () => state.projects > 10 ? 60 : 20; // what is asked before it is answered is dropped, so it may be asked soon
  function later(box) { box.dataset.dirty = "1"; typed = performance.now(); clearTimeout(waiting); waiting = setTimeout(() => send(box), pause()); }
  function commit(box) { clearTimeout(waiting); typed = -HOLD; send(box).then(() => { if (document.activeElement !== box) delete box.dataset.dirty; draw(); }); }
  function send(box) {
    const text = box.value.trim(), at = where(box);
    if (text === (box.dataset.sent ?? box.dataset.was ?? "")) return chain;
    box.dataset.sent = text;
    const merge = lastSent === box.dataset.key && document.activeElement === box;
    lastSent = box.dataset.key;
    edited = at.sheet === "Projects" ? at.row : null;
    return act({ action: "edit", ...at, text, merge });
  }
  document.addEventListener("focusout", (e) => { const box = e.target; if (box.dataset && box.dataset.key) { delete box.dataset.dirty; delete box.dataset.sent; lastSent = null; if (state && state.open) setTimeout(() => { if (state.tables && sheet !== "File") drawPanel(); }, 0); } });
  function keys(event) {
    const box = event.target, at = where(box);
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { box.value = box.dataset.was || ""; commit(box); return; }
    if (!step) return;
    const next = document.querySelector(`[data-key="${CSS.escape(`${at.sheet}|${at.row + step}|${at.column}`)}"]`);
    if (event.key === "Enter") commit(box);
    if (next) { event.preventDefault(); next.focus(); if (next.select) next.select(); }
  }
  function paste(event, name, row, column) {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim()) || !formOf(name).table) return;
    event.preventDefault();
    edited = null;
    delete event.target.dataset.dirty;
    act({ action: "paste", sheet: name, row, column: column.path, text });
  }
  document.addEventListener("keydown", (event) => {
    if (!state || !state.open || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const box = event.target, typed = box.tagName === "TEXTAREA" || (box.tagName === "INPUT" && box.dataset.dirty && box.value !== box.dataset.sent);
    const key = event.key.toLowerCase();
    if (typed || !"zy".includes(key) || key.length !== 1) return;
    event.preventDefault();
    if (box.dataset) { delete box.dataset.dirty; delete box.dataset.sent; }
    act({ action: key === "y" || event.shiftKey ? "redo" : "undo" });
  });
  $("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], tabs = [...$("tabs").children].filter((tab) => !tab.hidden);
    if (!step) return;
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.focus(); next.click();
  });

  // ---- levers
  let scale = 0;
  function drawLevers() {
    $("budget-lever").hidden = !(state.budget > 0);
    if (state.problems.length || !(state.budget >= 0)) return;
    if (document.activeElement !== $("budget")) {
      if (!scale || state.budget > scale * 2.5 || state.budget < scale / 8) scale = state.budget || 1;
      $("budget").value = Math.round(100 * state.budget / (2.5 * scale));
    }
    $("budget-said").textContent = `${state.currency} ${state.tables.Portfolio[0].cells["portfolio.budget"] || ""}`;
    const cells = state.tables.Portfolio[0].cells;
    const weight = !state.cautious ? 0 : Math.round(parseShare(cells["portfolio.risk.weight"] || "50%") * 100);
    if (document.activeElement !== $("caution")) $("caution").value = weight;
    $("caution-said").textContent = weight ? `${weight} %` : "0 %: the mean alone";
  }
  const parseShare = (text) => text.endsWith("%") ? parseFloat(text) / 100 : parseFloat(text) > 1 ? parseFloat(text) / 100 : parseFloat(text);
  const two = (value) => Number(value.toPrecision(2));
  let lever = null;
  $("budget").addEventListener("input", () => {
    const value = two(2.5 * scale * $("budget").value / 100), text = value >= 10000 ? `${two(value / 1000)}k` : String(value);
    $("budget-said").textContent = `${state.currency} ${text}`;
    clearTimeout(lever); edited = null;
    lever = setTimeout(() => act({ action: "edit", sheet: "Portfolio", row: 0, column: "portfolio.budget", text, merge: lastSent === "budget" }).then(() => { lastSent = "budget"; }), 90);
  });
  $("caution").addEventListener("input", () => {
    const weight = Number($("caution").value);
    $("caution-said").textContent = weight ? `${weight} %` : "0 %: the mean alone";
    clearTimeout(lever); edited = null;
    lever = setTimeout(() => act({ action: "caution", weight, merge: lastSent === "caution" }).then(() => { lastSent = "caution"; }), 90);
  });

  // ---- planning: the newest revision alone
  let busyWith = 0;
  async function plan() {
    const revision = state.revision;
    if (busyWith === revision) return;
    busyWith = revision;
    const current = () => state.open && revision === state.revision;
    setStatus("busy", "planning …"); $("fresh").textContent = planned ? "Planning; shown is the plan before." : "Planning …";
    document.body.classList.add("old");
    for (const id of CHARTS) $(id).classList.add("stale");
    try {
      const brought = coming && coming.revision === revision ? await coming.found : null;
      let found = brought || await post("/api/job", { job: "plan", quick: true, revision });
      if (!current()) return;
      if (found.view && found.quick) {
        showPlan(found);
        setStatus("busy", found.proven ? "first answer" : "not yet proven");
        $("fresh").textContent = found.proven ? "The best plan; what is said beside it is still being worked out." : "A first answer, not yet proven; the search goes on.";
        document.body.classList.remove("old");
        found = await post("/api/job", { job: "plan", revision });
        if (!current()) return;
      }
      if (found.superseded) { busyWith = 0; setTimeout(() => current() && plan(), 30); return; }
      if (found.bug) throw new Error(`Something went wrong inside planner: ${found.bug}`);
      if (found.problems) { state.problems = found.problems; planned = 0; busyWith = 0; draw(); return; }
      showPlan(found);
      planned = revision; document.body.dataset.planned = revision; document.body.classList.remove("old"); $("fresh").textContent = ""; setStatus("good", "planned");
      await new Promise((seen) => requestAnimationFrame(() => setTimeout(seen))); // the table first
      if (current()) await beside(revision, current, found.view.status !== "infeasible");
    } catch (error) { busyWith = 0; if (current()) fail(error); }
  }
  const CHARTS = ["curves-card", "frontier-card", "tornado-card"];
  async function beside(revision, current, feasible) {
    const ask = async (job, more = {}) => { const found = await post("/api/job", { job, revision, ...more }); return current() && !found.superseded && !found.bug && !found.problems ? found : null; };
    for (const id of CHARTS) $(id).hidden = !feasible;
    if (!feasible) return;
    const names = state.tables.Projects.map((row) => row.cells.id);
    if (names.length > 10 && edited !== null && names[edited]) showFans(await ask("fans", { projects: [names[edited]] }), true);
    if (!current()) return;
    showFans(await ask("fans"));
    if (current()) showFirst(await ask("first"));
    if (current()) showTornado(await ask("tornado"));
    if (current()) showFrontier(await ask("frontier"));
  }

  function parts(cell) {
    return cell.map((part) => {
      if (part.k === "mark") return el("span", { class: `mark ${part.tone}` }, el("span", { "aria-hidden": "true" }, `${part.sign} `), part.t);
      if (part.k === "number") return el("span", { class: "n", "data-key": null, "data-json": part.key || null }, part.t);
      if (part.k === "name") return el("bdi", {}, part.t);
      return part.t;
    });
  }
  function showPlan(found) {
    const view = found.view;
    const none = view.status === "infeasible";
    $("answer").hidden = none;
    $("stuck").replaceChildren(...(none ? stuck(view) : []));
    showWarnings(view);
    showCompared(found.compared);
    $("first").hidden = true;
    if (none) return;
    $("tiles").replaceChildren(...view.tiles.map((tile) => el("div", {}, el("dt", {}, tile.label), el("dd", {}, el("div", { class: "big" }, parts([tile.number])), el("div", { class: "note" }, tile.note)))));
    $("decisions").replaceChildren(tableOf(view.table, "stacked"));
    $("first").hidden = false;
    $("first").replaceChildren(el("h3", {}, "Do first"), el("p", {}, "Looking for runs that are worth making before the money is released …"));
  }
  function stuck(view) {
    return [el("p", { class: "finding" }, view.conflict.length ? `No plan keeps all of: ${view.conflict.join("; ")}.` : "No plan fits."),
      view.fixes.length ? el("p", {}, "The smallest changes that help:") : "", el("ul", {}, view.fixes.map((fix) => el("li", {}, fix.text)))];
  }
  function tableOf(table, kind) {
    const cell = (c, i, head) => head ? el("th", { scope: "row" }, parts(c)) : el("td", { class: [table.heads[i].numeric ? "num" : "", c.every((p) => !p.t) ? "empty" : ""].join(" ").trim() || null, "data-label": table.heads[i].label }, parts(c));
    const row = (r) => el("tr", { class: r.tone || null }, r.cells.map((c, i) => cell(c, i, i === 0)));
    return el("table", { class: null }, el("thead", {}, el("tr", {}, table.heads.map((h) => el("th", { scope: "col", class: h.numeric ? "num" : null }, h.label)))), el("tbody", {}, table.rows.map(row)), table.foot ? el("tfoot", {}, row(table.foot)) : null);
  }
  $("decisions").classList.add("stacked");
  function showFirst(found) {
    if (!found) return;
    const box = $("first"), first = found.first;
    const enter = (run) => el("button", { type: "button", class: "quiet", onclick: () => runBox(run) }, "Enter the result");
    const named = new Set(first.runs.map((run) => run.project)), others = first.waiting.filter((run) => !named.has(run.project));
    box.hidden = !(first.runs.length || first.waiting.length);
    const waits = new Map(first.waiting.map((run) => [run.project, run.text]));
    box.replaceChildren(el("h3", {}, "Do first"), first.said ? el("p", {}, first.said) : "",
      el("ul", {}, first.runs.map((run) => el("li", {}, waits.get(run.project) || run.text, " ", enter(run))), others.map((run) => el("li", {}, run.text, " ", run.images ? enter(run) : null))),
      first.runs.length ? el("details", { ontoggle: showPolicy }, el("summary", {}, "What each result would decide"), el("div", { class: "fans policies" })) : "");
  }
  async function showPolicy(event) {
    const box = event.target.querySelector(".policies"), revision = state.revision;
    if (!event.target.open || box.children.length) return;
    box.append(el("p", { class: "waiting" }, "Looking at what each result would change …"));
    try {
      const found = await post("/api/job", { job: "policy", revision });
      if (revision !== state.revision) return;
      if (!found.policy) { box.replaceChildren(el("p", {}, (found.problems || [{ message: "Open it again." }]).map((p) => p.message).join(" "))); return; }
      box.replaceChildren(...found.policy.projects.map((one) => el("table", {}, el("caption", {}, el("bdi", {}, one.project), ` ${one.said}`), el("thead", {}, el("tr", {}, ["If the error is", "Chance", "Then"].map((head, i) => el("th", { scope: "col", class: i === 1 ? "num" : null }, head)))), el("tbody", {}, one.rows.map((row) => el("tr", {}, el("th", { scope: "row" }, row.error), el("td", { class: "num" }, row.chance), el("td", {}, row.then)))))));
      box.after(...found.policy.then.map((text) => el("p", { class: "why" }, text)));
    } catch (error) { fail(error); }
  }
  function showWarnings(view) {
    const groups = new Map();
    for (const w of view.warnings) groups.set(w.code, [...(groups.get(w.code) || []), w]);
    const whys = (view.decisions || []).map((d) => el("li", {}, el("b", {}, d.project), `: ${d.why}`));
    const notes = (view.notes || []).map((note) => el("li", {}, note));
    const fold = (title, items) => items.length ? el("details", {}, el("summary", {}, title), el("ul", { class: "why" }, items)) : "";
    const warned = view.warnings.map((w) => el("li", {}, w.project ? el("b", {}, `${w.project}: `) : null, w.message));
    const open = new Set([...$("warnings").querySelectorAll("details[open] summary")].map((s) => s.dataset.fold));
    $("warnings").replaceChildren(view.left_out ? el("p", { class: "why" }, view.left_out) : "", fold("Why each project is in or out", whys), fold(`${warned.length} ${warned.length === 1 ? "warning" : "warnings"}`, warned), fold("Notes on the plan", notes), fold("Not included in these amounts", (view.not_included || []).map((item) => el("li", {}, item))));
    [...$("warnings").querySelectorAll("summary")].forEach((s) => { s.dataset.fold = s.textContent.replace(/^\d+ /, "").slice(0, 5); if (open.has(s.dataset.fold)) s.parentNode.open = true; });
  }
  function showCompared(found) {
    $("compared").hidden = !found;
    if (!found) return;
    const cell = (text, label) => el("td", { class: "num", "data-label": label }, el("span", { class: text.startsWith("+") ? "plus" : text.startsWith("−") ? "minus" : null }, text));
    const row = (r, name) => el("tr", {}, el("th", { scope: "row" }, r.sign ? el("span", {}, `${r.sign} `) : null, el("bdi", {}, name)), el("td", { "data-label": "Verdict", class: r.verdict ? null : "empty" }, r.verdict || ""), cell(r.spend, "Spend"), cell(r.chance, "Chance"), cell(r.worth, "Worth"));
    $("changes").classList.add("stacked");
    $("changes").replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ["Project", "Verdict", `Spend, ${found.total.currency}`, "Chance", `Worth, ${found.total.currency}`].map((h, i) => el("th", { scope: "col", class: i > 1 ? "num" : null }, h)))), el("tbody", {}, row({ ...found.total, sign: "", verdict: "" }, "In all"), found.rows.map((r) => row(r, r.project)))));
  }
  function showFans(found, some = false) {
    if (!found) return;
    const made = found.fans.map((view) => el("figure", { "data-project": view.project }, el("h3", {}, el("bdi", {}, view.project), ...parts([view.mark])), charts.fan(view), el("figcaption", {}, view.said)));
    if (some) for (const figure of made) { const old = $("fans").querySelector(`[data-project="${CSS.escape(figure.dataset.project)}"]`); if (old) old.replaceWith(figure); }
    if (!some) { $("fans").replaceChildren(...made); fresh("curves-card"); }
    if (!$("fan-key").children.length) $("fan-key").append(...[["band", "50, 80, 90 % of outcomes"], ["median", "median; dashed outside the evidence"], ["target", "target"], ["held", "held"], ["chosen", "train on"], ["pilot", "measured"]].map(([kind, said]) => el("span", {}, el("i", { class: `i-${kind}` }), said)));
  }
  const fresh = (id) => $(id).classList.remove("stale");
  function showFrontier(found) { if (!found) return; fresh("frontier-card"); $("frontier").replaceChildren(...(found.frontier && found.frontier.points.length > 1 ? [el("p", { class: "finding" }, found.frontier.said), charts.frontier(found.frontier, $("frontier").clientWidth), found.frontier.next_step && found.frontier.next_step !== found.frontier.said ? el("p", { class: "why" }, found.frontier.next_step) : ""] : [el("p", { class: "waiting" }, "There is no curve to draw for this plan.")])); }
  function showTornado(found) { if (!found) return; fresh("tornado-card"); $("tornado").replaceChildren(...(found.tornado && found.tornado.bars.length ? [el("p", { class: "finding" }, found.tornado.said), charts.tornado(found.tornado, $("tornado").clientWidth), el("p", { class: "key" }, "Each bar: one input from its P10 (pale) to its P90 (strong), the others varying as they do.")] : [el("p", { class: "waiting" }, "The plan funds nothing whose worth could move.")])); }

  // ---- runs, files, buttons
  function runBox(run = {}) {
    const names = state.tables.Projects.map((row) => row.cells.id).filter(Boolean);
    $("run-project").replaceChildren(...names.map((name) => el("option", { value: name }, name)));
    if (run.project) $("run-project").value = run.project;
    $("run-images").value = run.images || ""; $("run-arch").value = run.architecture || ""; $("run-error").value = ""; $("run-test").value = "";
    $("run-wrong").hidden = true;
    $("run-box").showModal();
    (run.project ? $("run-error") : $("run-project")).focus();
  }
  $("run-cancel").addEventListener("click", () => $("run-box").close());
  $("run-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const cells = { project: $("run-project").value, images: $("run-images").value, error: $("run-error").value, test_images: $("run-test").value, architecture: $("run-arch").value };
    if (!cells.images.trim() || !cells.error.trim()) { $("run-wrong").textContent = "A run has a number of images and an error."; $("run-wrong").hidden = false; return; }
    $("run-box").close();
    edited = state.tables.Projects.findIndex((row) => row.cells.id === cells.project);
    sheet = "Pilots";
    act({ action: "add", sheet: "Pilots", cells });
  });
  $("undo").addEventListener("click", () => act({ action: "undo" }));
  $("redo").addEventListener("click", () => act({ action: "redo" }));
  $("from-here").addEventListener("click", () => act({ action: "compare" }).then(() => { planned = 0; busyWith = 0; draw(); }));
  $("another").addEventListener("click", () => { reset(); act({ action: "close" }); });
  $("demo").addEventListener("click", () => { reset(); act({ action: "demo" }); });
  $("questions").addEventListener("submit", (event) => {
    event.preventDefault();
    const answers = {};
    for (const box of $("asked").querySelectorAll("[data-path]")) answers[box.dataset.path] = box.value;
    reset();
    act({ action: "start", answers });
  });
  function reset() { planned = 0; busyWith = 0; scale = 0; shape = ""; sheet = "Projects"; edited = null; for (const id of ["tiles", "decisions", "fans", "frontier", "tornado", "stuck", "warnings"]) $(id).replaceChildren(); $("compared").hidden = true; $("first").hidden = true; }
  function drawQuestions() {
    $("asked").replaceChildren(...questions.map((question) => el("li", {}, el("fieldset", {}, el("legend", {}, question.text), question.fields.map((field, i) => {
      const id = `ask-${field.path}`, given = { id, "data-path": field.path, autocomplete: "off" };
      const box = field.choices.length ? el("select", given, field.choices.map((word) => el("option", { value: word }, word))) : el("input", { ...given, value: field.value });
      if (field.choices.length) box.value = field.value;
      return el("div", { class: i === 0 && question.fields.length === 3 ? "wide" : null }, el("label", { for: id }, field.title), box);
    })))));
  }
  async function open(file) {
    reset();
    try { take(await post(`/api/open?name=${encodeURIComponent(file.name)}`, await file.arrayBuffer(), true)); } catch (error) { fail(error); }
  }
  $("choose").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => { if ($("file").files.length) open($("file").files[0]); $("file").value = ""; });
  document.addEventListener("dragover", (event) => { if ([...event.dataTransfer.types].includes("Files")) { event.preventDefault(); document.body.classList.add("dropping"); } });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => { document.body.classList.remove("dropping"); if (event.dataTransfer.files.length) { event.preventDefault(); open(event.dataTransfer.files[0]); } });
  function menu(shown) { $("saves").hidden = !shown; $("save").setAttribute("aria-expanded", String(shown)); if (shown) $("saves").querySelector("button").focus(); }
  $("save").addEventListener("click", () => menu($("saves").hidden));
  $("saves").addEventListener("keydown", (event) => {
    const items = [...$("saves").children], step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { menu(false); $("save").focus(); }
    if (step) { event.preventDefault(); items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus(); }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".menu")) menu(false); });
  $("saves").addEventListener("click", async (event) => {
    const button = event.target.closest("[data-save]");
    if (!button) return;
    menu(false); $("save").focus();
    try {
      const answer = await post("/api/save", { kind: button.dataset.save });
      if (!(answer instanceof Response)) { say((answer.problems || [{ message: "It changed meanwhile; save again." }]).map((p) => p.message).join(" ")); return; }
      const link = el("a", { href: URL.createObjectURL(await answer.blob()), download: answer.headers.get("x-planner-name") });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (error) { fail(error); }
  });

  post("/api/hello", {}).then((found) => { form = found.form; questions = found.questions; state = found.state; drawQuestions(); draw(); }).catch((error) => { $("begin").hidden = true; fail(error); });
})();
