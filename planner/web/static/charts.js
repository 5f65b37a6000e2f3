"use strict";
/* Curves as SVG, drawn from numbers: every text that is quoted comes from the server as it stands. */
const charts = (() => {
  const NS = "http://www.w3.org/2000/svg";
  const make = (name, given = {}, ...inside) => {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
    node.append(...inside);
    return node;
  };
  const log = Math.log10;
  let serial = 0;

  function frame(width, height, title, description) {
    const id = `chart-${++serial}`;
    const svg = make("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${id}-t ${id}-d` });
    svg.append(make("title", { id: `${id}-t` }, title), make("desc", { id: `${id}-d` }, description));
    return svg;
  }
  const text = (x, y, said, given = {}) => make("text", { x, y, ...given }, said);
  const line = (x1, y1, x2, y2, kind) => make("line", { x1, y1, x2, y2, class: kind });
  const path = (points, kind) => make("path", { class: kind, d: points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("") });

  function images(value) {
    for (const [size, letter] of [[1e9, "B"], [1e6, "M"], [1e3, "k"]]) if (value >= size) return `${+(value / size).toPrecision(3)}${letter}`;
    return String(Math.round(value));
  }
  function amount(value) {
    const sign = value < 0 ? "−" : "";
    return sign + images(Math.abs(value));
  }
  function percent(value) { return `${+(100 * value).toPrecision(2)} %`; }
  function spread(low, high, most) {
    const raw = (high - low) / most || 1, size = 10 ** Math.floor(log(raw));
    const step = [1, 2, 2.5, 5, 10].map((n) => n * size).find((n) => n >= raw);
    const found = [];
    for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) found.push(Math.abs(at) < step * 1e-9 ? 0 : at);
    return found;
  }
  function decades(low, high, steps, most) {
    const found = [];
    for (let power = Math.floor(log(low)); power <= Math.ceil(log(high)); power++)
      for (const n of steps) { const at = n * 10 ** power; if (at >= low && at <= high) found.push(at); }
    return found.length > most && steps.length > 1 ? decades(low, high, steps.slice(0, -1), most) : found;
  }

  /* A project's error by images: bands hold 50, 80 and 90 % of outcomes. */
  function fan(view) {
    const W = 300, H = 190, left = 40, right = 10, top = 12, bottom = 30;
    const first = view.images[0], last = view.images.at(-1);
    const every = view.errors.flat().concat(view.target, view.pilots.map((p) => p[1])).filter((e) => e > 0);
    const low = Math.max(1e-4, Math.min(...every) / 1.1), high = Math.min(1, Math.max(...every) * 1.1);
    const x = (n) => left + (W - left - right) * (log(n) - log(first)) / (log(last) - log(first));
    const y = (e) => top + (H - top - bottom) * (log(high) - log(Math.min(high, Math.max(low, e)))) / (log(high) - log(low));
    const svg = frame(W, H, `${view.project}: error by labelled images`, view.said);
    for (const at of decades(low, high, [1, 2, 5], 5)) svg.append(line(left, y(at), W - right, y(at), "gridline"), text(left - 5, y(at) + 4, percent(at), { "text-anchor": "end" }));
    let before = -99;
    for (const at of decades(first, last, [1, 3], 5)) { if (x(at) - before < 34) continue; before = x(at); svg.append(text(Math.min(x(at), W - right - 8), H - bottom + 14, images(at), { "text-anchor": "middle" })); }
    svg.append(text(W - right, H - 3, "labelled images", { "text-anchor": "end" }));
    [[0, 6, "b1"], [1, 5, "b2"], [2, 4, "b3"]].forEach(([a, b, kind]) => {
      const up = view.images.map((n, i) => [x(n), y(view.errors[b][i])]), down = view.images.map((n, i) => [x(n), y(view.errors[a][i])]).reverse();
      svg.append(path([...up, ...down], kind));
    });
    const median = view.images.map((n, i) => [n, view.errors[3][i]]);
    const [from, to] = view.evidence;
    for (const [kept, kind] of [[(n) => n <= from, "median dashed"], [(n) => n >= from && n <= to, "median"], [(n) => n >= to, "median dashed"]]) {
      const points = median.filter(([n]) => kept(n)).map(([n, e]) => [x(n), y(e)]);
      if (points.length > 1) svg.append(path(points, kind));
    }
    if (view.held >= first) svg.append(line(x(view.held), top, x(view.held), H - bottom, "held"));
    svg.append(line(left, y(view.target), W - right, y(view.target), "target"));
    svg.append(text(W - right, y(view.target) - 4, `target ${view.target_text}`, { "text-anchor": "end", class: "target-text" }));
    if (view.chosen) svg.append(line(x(view.chosen), top, x(view.chosen), H - bottom, "chosen"));
    for (const [n, e] of view.pilots) svg.append(make("circle", { cx: x(n), cy: y(e), r: 4.5, class: "pilot" }));
    svg.append(line(left, H - bottom, W - right, H - bottom, "axis"));
    return svg;
  }

  /* What each budget buys: a worth holds until the next plan fits, so the line is a stair. */
  const widthIn = (room) => Math.max(300, Math.min(560, room || 520));
  function frontier(view, room) {
    const W = widthIn(room), H = 270, left = 52, right = 16, top = 22, bottom = 36;
    const points = view.points, last = points.at(-1).budget || 1;
    const worths = points.map((p) => p.worth).concat(0);
    const low = Math.min(...worths), high = Math.max(...worths) || 1;
    const x = (b) => left + (W - left - right) * b / last;
    const y = (v) => top + (H - top - bottom) * (high - v) / (high - low || 1);
    const svg = frame(W, H, "Worth by budget", view.said);
    for (const at of spread(low, high, 5)) svg.append(line(left, y(at), W - right, y(at), "gridline"), text(left - 6, y(at) + 4, amount(at), { "text-anchor": "end" }));
    for (const at of spread(0, last, 6)) svg.append(text(x(at), H - bottom + 15, amount(at), { "text-anchor": "middle" }));
    svg.append(text(W - right, H - 4, `budget, ${view.currency}`, { "text-anchor": "end" }), text(left - 46, 11, view.unit, {}));
    const stairs = [];
    points.forEach((p, i) => { if (i) stairs.push([x(p.budget), y(points[i - 1].worth)]); stairs.push([x(p.budget), y(p.worth)]); });
    svg.append(path(stairs, "step"));
    for (const p of points) svg.append(make("circle", { cx: x(p.budget), cy: y(p.worth), r: 2.8, class: "dot" }, make("title", {}, `${p.budget_text}: ${p.worth_text}`)));
    if (view.here !== null && view.here <= last) {
      const end = x(view.here) > W / 2;
      svg.append(line(x(view.here), top - 4, x(view.here), H - bottom, "here"), text(x(view.here) + (end ? -5 : 5), H - bottom - 8, "present budget", { class: "target-text", "text-anchor": end ? "end" : "start" }));
    }
    svg.append(line(left, H - bottom, W - right, H - bottom, "axis"));
    return svg;
  }

  /* Each input moved from its P10 to its P90, the others varying as they do. */
  function tornado(view, space) {
    const W = widthIn(space), row = 42, top = 8, bottom = 34, left = 8, right = 8, H = top + bottom + row * view.bars.length;
    const ends = view.bars.flatMap((b) => [b.at_low, b.at_high]).concat(view.centre);
    const low = Math.min(...ends), high = Math.max(...ends), room = 64;
    const x = (v) => left + room + (W - left - right - 2 * room) * (v - low) / (high - low || 1);
    const svg = frame(W, H, "What moves the worth most", view.said);
    for (const at of spread(low, high, 4)) svg.append(line(x(at), top, x(at), H - bottom, "gridline"), text(x(at), H - bottom + 15, amount(at), { "text-anchor": "middle" }));
    view.bars.forEach((bar, i) => {
      const y = top + row * i + 15;
      svg.append(text(left, y - 2, bar.input + (bar.unit ? `, ${bar.unit}` : ""), { class: "strong" }));
      for (const [value, kind, said] of [[bar.at_low, "low", bar.low], [bar.at_high, "high", bar.high]]) {
        const a = Math.min(x(value), x(view.centre)), b = Math.max(x(value), x(view.centre)), leftwards = value < view.centre;
        svg.append(make("rect", { x: a, y: y + 4, width: Math.max(1, b - a), height: 14, class: kind }));
        svg.append(text(leftwards ? a - 4 : b + 4, y + 15, said, { "text-anchor": leftwards ? "end" : "start" }));
      }
    });
    svg.append(line(x(view.centre), top, x(view.centre), H - bottom, "axis"), text(W - right, H - 4, `worth, ${view.unit}`, { "text-anchor": "end" }));
    return svg;
  }
  return { fan, frontier, tornado };
})();
