"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const canvas = document.getElementById("plot");
  const here = document.getElementById("here");
  const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195"];
  const mz = data.mz, height = data.intensity;
  const all = [mz[0], mz[mz.length - 1]];
  let range = all.slice(), pointer = null, drag = null;
  const LEFT = 58, RIGHT = 12, TOP = 14, GAP = 26, BOTTOM = 40, RESIDUAL = 80;

  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const lowerBound = (list, value) => {
    let a = 0, b = list.length;
    while (a < b) { const m = (a + b) >> 1; if (list[m] < value) a = m + 1; else b = m; }
    return a;
  };
  const niceStep = span => {
    const raw = span / 7, power = Math.pow(10, Math.floor(Math.log10(raw)));
    return [1, 2, 2.5, 5, 10].map(k => k * power).find(step => step >= raw);
  };
  const inView = () => data.windows.filter(w => w.mz.length && w.hi >= range[0] && w.lo <= range[1]);
  const zoomed = () => inView().length > 0 && inView().length <= 12 && range[1] - range[0] < 120;

  function layout() {
    const box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    const w = Math.round(box.width * ratio), h = Math.round(box.height * ratio);
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    const residual = zoomed() ? RESIDUAL : 0;
    const bottom = box.height - BOTTOM - (residual ? residual + GAP : 0);
    return { box, ratio, residual, left: LEFT, right: box.width - RIGHT, top: TOP, bottom,
      x: v => LEFT + (v - range[0]) / (range[1] - range[0]) * (box.width - LEFT - RIGHT) };
  }
  function tallest() {
    let top = 0;
    for (let i = lowerBound(mz, range[0]); i < mz.length && mz[i] <= range[1]; i++) top = Math.max(top, height[i]);
    return top || 1;
  }
  function line(c, xs, ys, X, Y) {
    const a = Math.max(0, lowerBound(xs, range[0]) - 1), b = Math.min(xs.length, lowerBound(xs, range[1]) + 1);
    c.beginPath();
    let column = null, low = 0, high = 0;
    for (let i = a; i < b; i++) {           // one vertical stroke per pixel column
      const px = X(xs[i]), py = Y(ys[i]), at = Math.round(px * 2);
      if (at === column) { low = Math.min(low, py); high = Math.max(high, py); continue; }
      if (column !== null && high > low) { c.lineTo(column / 2, low); c.lineTo(column / 2, high); }
      if (column === null) c.moveTo(px, py); else c.lineTo(px, py);
      column = at; low = high = py;
    }
    if (column !== null && high > low) { c.lineTo(column / 2, low); c.lineTo(column / 2, high); }
    c.stroke();
  }
  function sticks(c, xs, ys, X, Y) {
    c.beginPath();
    for (let i = lowerBound(xs, range[0]); i < xs.length && xs[i] <= range[1]; i++) {
      c.moveTo(X(xs[i]), Y(0)); c.lineTo(X(xs[i]), Y(ys[i]));
    }
    c.stroke();
  }
  function axis(c, area) {
    c.strokeStyle = c.fillStyle = style("--muted"); c.lineWidth = 1; c.font = "12px system-ui, sans-serif";
    const base = area.box.height - BOTTOM;
    c.beginPath(); c.moveTo(area.left, base + .5); c.lineTo(area.right, base + .5); c.stroke();
    const step = niceStep(range[1] - range[0]), digits = Math.max(0, Math.ceil(-Math.log10(step) + .2));
    c.textAlign = "center"; c.textBaseline = "top";
    for (let v = Math.ceil(range[0] / step) * step; v <= range[1]; v += step) {
      const x = area.x(v);
      c.beginPath(); c.moveTo(x, base); c.lineTo(x, base + 5); c.stroke();
      c.fillText(v.toFixed(digits), x, base + 8);
    }
    c.font = "italic 13px system-ui, sans-serif"; c.fillText("m/z", (area.left + area.right) / 2, base + 22);
  }
  function draw() {
    const c = canvas.getContext("2d"), area = layout();
    c.setTransform(area.ratio, 0, 0, area.ratio, 0, 0);
    c.clearRect(0, 0, area.box.width, area.box.height);
    const top = tallest() * (zoomed() ? 1.06 : 1.25);
    const Y = v => area.bottom - v / top * (area.bottom - area.top);
    axis(c, area);
    c.fillStyle = style("--muted"); c.textAlign = "right"; c.textBaseline = "middle"; c.font = "12px system-ui, sans-serif";
    const step = niceStep(top * 1.4);
    for (let v = 0; v <= top; v += step) c.fillText(+v.toPrecision(6), area.left - 6, Y(v));
    c.save(); c.beginPath(); c.rect(area.left, 0, area.right - area.left, area.box.height - BOTTOM); c.clip();
    for (const w of inView()) {
      c.fillStyle = style("--accent"); c.globalAlpha = .1;
      c.fillRect(area.x(w.lo), area.top, Math.max(1, area.x(w.hi) - area.x(w.lo)), area.bottom - area.top);
      c.globalAlpha = 1;
    }
    c.strokeStyle = style(zoomed() ? "--measured" : "--ink"); c.lineWidth = zoomed() ? 1.6 : 1;
    (data.profile ? line : sticks)(c, mz, height, area.x, Y);
    if (zoomed()) fits(c, area, Y); else labels(c, area, Y);
    if (drag && drag.select) {
      c.fillStyle = style("--accent"); c.globalAlpha = .2;
      c.fillRect(Math.min(drag.x, pointer.x), area.top, Math.abs(pointer.x - drag.x), area.bottom - area.top);
      c.globalAlpha = 1;
    }
    c.restore();
  }
  function fits(c, area, Y) {
    const mid = area.box.height - BOTTOM - area.residual / 2;
    let most = 1e-12;
    for (const w of inView()) for (let i = 0; i < w.mz.length; i++) most = Math.max(most, Math.abs(w.measured[i] - w.fitted[i]));
    const R = v => mid - v / most * area.residual / 2 * .9;
    c.strokeStyle = style("--line"); c.lineWidth = 1;
    c.beginPath(); c.moveTo(area.left, mid); c.lineTo(area.right, mid); c.stroke();
    for (const w of inView()) {
      w.components.forEach((part, k) => {
        c.strokeStyle = palette[k % palette.length]; c.lineWidth = 1.4;
        line(c, w.mz, part.curve, area.x, Y);
      });
      c.strokeStyle = style("--fitted"); c.lineWidth = 1; c.setLineDash([5, 3]);
      line(c, w.mz, w.fitted, area.x, Y); c.setLineDash([]);
      c.strokeStyle = palette[1];
      line(c, w.mz, w.mz.map((_, i) => w.measured[i] - w.fitted[i]), area.x, R);
      c.textAlign = "left"; c.textBaseline = "top"; c.font = "12px system-ui, sans-serif";
      w.components.forEach((part, k) => {
        c.fillStyle = palette[k % palette.length];
        const x = Math.max(area.x(w.lo), area.left) + 4;
        c.fillText(part.label, x, area.top + 2 + 15 * k);
      });
    }
    c.fillStyle = style("--muted"); c.textAlign = "left"; c.textBaseline = "bottom";
    c.fillText("residual (± " + most.toPrecision(2) + ")", area.left + 4, mid - area.residual / 2 + 4);
  }
  function labels(c, area, Y) {
    const taken = [];
    c.fillStyle = style("--accent"); c.font = "11px system-ui, sans-serif"; c.textAlign = "left"; c.textBaseline = "middle";
    for (const w of [...inView()].sort((a, b) => b.top - a.top)) {
      const x = area.x(w.apex);
      if (!w.label || taken.some(t => Math.abs(t - x) < 13)) continue;
      taken.push(x); c.save(); c.translate(x, Math.max(area.top + 92, Y(w.top) - 6)); c.rotate(-Math.PI / 2);
      c.fillText(w.label, 0, 0); c.restore();
    }
  }
  const clamp = () => {
    const least = Math.min(.02, (all[1] - all[0]) / 10);
    if (range[1] - range[0] < least) range[1] = range[0] + least;
    const span = Math.min(range[1] - range[0], all[1] - all[0]);
    range[0] = Math.min(Math.max(range[0], all[0]), all[1] - span); range[1] = range[0] + span;
  };
  const show = (a, b) => { range = [a, b]; clamp(); requestAnimationFrame(draw); };
  const at = x => range[0] + (x - LEFT) / (canvas.getBoundingClientRect().width - LEFT - RIGHT) * (range[1] - range[0]);
  const zoom = (factor, centre) => show(centre - (centre - range[0]) * factor, centre + (range[1] - centre) * factor);
  function hover(x) {
    const per = (range[1] - range[0]) / (canvas.getBoundingClientRect().width - LEFT - RIGHT), v = at(x);
    let best = -1;
    for (let i = lowerBound(mz, v - 6 * per); i < mz.length && mz[i] <= v + 6 * per; i++)
      if (best < 0 || height[i] > height[best]) best = i;
    if (best < 0) { here.textContent = "m/z " + v.toFixed(3); return; }
    const w = data.windows.find(each => each.lo <= mz[best] && mz[best] <= each.hi);
    here.textContent = "m/z " + mz[best].toFixed(4) + ", intensity " + (+height[best].toPrecision(4)) + (w && w.label ? ", " + w.label : "");
  }
  canvas.addEventListener("wheel", e => { e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : .8, at(e.offsetX)); }, { passive: false });
  canvas.addEventListener("pointerdown", e => {
    canvas.setPointerCapture(e.pointerId);
    drag = { x: e.offsetX, range: range.slice(), select: e.shiftKey }; pointer = { x: e.offsetX };
  });
  canvas.addEventListener("pointermove", e => {
    pointer = { x: e.offsetX };
    if (drag && !drag.select) {
      const moved = (drag.x - e.offsetX) / (canvas.getBoundingClientRect().width - LEFT - RIGHT) * (drag.range[1] - drag.range[0]);
      show(drag.range[0] + moved, drag.range[1] + moved);
    } else if (drag) requestAnimationFrame(draw);
    else hover(e.offsetX);
  });
  canvas.addEventListener("pointerup", e => {
    if (drag && drag.select && Math.abs(drag.x - e.offsetX) > 5) {
      const ends = [at(drag.x), at(e.offsetX)].sort((a, b) => a - b); drag = null; show(...ends); return;
    }
    drag = null;
  });
  canvas.addEventListener("dblclick", () => show(...all));
  canvas.addEventListener("keydown", e => {
    const span = range[1] - range[0], middle = (range[0] + range[1]) / 2;
    const act = { ArrowLeft: () => show(range[0] - span / 5, range[1] - span / 5), ArrowRight: () => show(range[0] + span / 5, range[1] + span / 5),
      "+": () => zoom(.7, middle), "-": () => zoom(1.4, middle), "0": () => show(...all) }[e.key];
    if (act) { e.preventDefault(); act(); }
  });
  for (const row of document.querySelectorAll("tr[data-window]")) {
    const go = () => {
      const w = data.windows[+row.dataset.window], margin = .15 * (w.hi - w.lo);
      show(w.lo - margin, w.hi + margin); canvas.scrollIntoView({ block: "nearest" });
    };
    row.addEventListener("click", go);
    row.addEventListener("keydown", e => { if (e.key === "Enter") go(); });
  }
  window.addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const asked = /^#w(\d+)$/.exec(location.hash);
  if (asked && data.windows[+asked[1]]) show(data.windows[+asked[1]].lo, data.windows[+asked[1]].hi);
  draw();
})();
