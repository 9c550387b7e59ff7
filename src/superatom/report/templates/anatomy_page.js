"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const scene = document.getElementById("scene");
  const one = (id) => document.getElementById(id);
  const PULL = 4.0; // Å that neighbouring shells move apart at most
  const isMetalRole = (role) => role !== "donor" && role !== "ligand";
  let viewer;
  try {
    const paper = getComputedStyle(scene).backgroundColor;
    viewer = $3Dmol.createViewer(scene, { backgroundColor: paper, antialias: true });
  } catch (error) {
    scene.innerHTML = "<p>This browser cannot draw in three dimensions (WebGL is off).</p>";
    return;
  }
  for (const label of document.querySelectorAll("label[data-role]")) {
    label.hidden = !data.role.includes(label.dataset.role);
    if (label.hidden) label.style.display = "none";
  }

  function wanted() {
    const roles = new Set([...document.querySelectorAll(".role:checked")].map((box) => box.value));
    if (one("tails").checked) roles.add("ligand");
    const hydrogens = one("hydrogens").checked;
    return data.role.map((role, k) => {
      if (!roles.has(role)) return false;
      return !(data.symbols[k] === "H" && role === "ligand" && !hydrogens);
    });
  }

  function place(k, amount) {
    const [x, y, z] = data.positions[k];
    const radius = Math.hypot(x, y, z);
    const factor = radius > 0.1 ? 1 + (amount * PULL * data.shell[k]) / radius : 1;
    return [x * factor, y * factor, z * factor];
  }

  function draw() {
    const amount = Number(one("explode").value);
    const shown = wanted();
    const bondsOfMetals = one("metalbonds").checked;
    const chosen = document.querySelector("input[name=motif]:checked");
    const motif = chosen ? chosen.value : "";
    viewer.removeAllModels();
    viewer.removeAllShapes();
    const spots = data.positions.map((_, k) => place(k, amount));
    const faint = (k) => motif !== "" && data.motif[k] !== motif;
    const colour = (k) => {
      if (faint(k)) return data.colours.faint;
      if (data.role[k] === "ligand") return data.symbols[k] === "H" ? "#f4f4f4" : "#8c8c8c";
      return data.colours[data.role[k]];
    };
    shown.forEach((visible, k) => {
      if (!visible) return;
      const metal = isMetalRole(data.role[k]);
      const radius = metal ? 0.62 : data.role[k] === "donor" ? 0.38 : data.symbols[k] === "H" ? 0.14 : 0.2;
      const [x, y, z] = spots[k];
      viewer.addSphere({
        center: { x, y, z }, radius, color: colour(k), opacity: 1, clickable: true,
        callback: () => {
          const name = data.motif[k] ? `, ${data.motif[k]}` : "";
          one("picked").textContent = `${data.symbols[k]}${k}: ${data.role[k]}${name}`;
        },
      });
    });
    data.bonds.forEach(([i, j], n) => {
      if (!shown[i] || !shown[j]) return;
      const kind = data.kinds[n];
      if (kind === 2 && (!bondsOfMetals || amount > 0)) return;
      const [a, b] = [spots[i], spots[j]];
      const grey = faint(i) || faint(j) ? data.colours.faint : "#9a9a9a";
      viewer.addCylinder({
        start: { x: a[0], y: a[1], z: a[2] }, end: { x: b[0], y: b[1], z: b[2] },
        radius: kind === 2 ? 0.06 : 0.09, color: grey, fromCap: 1, toCap: 1,
      });
    });
    viewer.render();
  }

  function home() {
    const reach = Math.max(...data.positions.filter((_, k) => data.role[k] !== "ligand").map((p) => Math.hypot(...p)));
    const most = Math.max(...data.shell);
    const full = reach + Number(one("explode").value) * PULL * most;
    viewer.setView([0, 0, 0, 0, 0.13, 0.22, 0.03, 0.966]);
    const height = Math.min(1, scene.clientWidth / scene.clientHeight);
    viewer.setZoomLimits(10, 600);
    viewer.setView([0, 0, 0, 150 - (full + 2) / (Math.tan((10 * Math.PI) / 180) * height), 0.13, 0.22, 0.03, 0.966]);
    viewer.render();
  }

  for (const input of document.querySelectorAll("aside input")) input.addEventListener("input", draw);
  one("home").addEventListener("click", home);
  one("picture").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = viewer.pngURI();
    link.download = `${document.title}.png`;
    link.click();
  });
  new ResizeObserver(() => viewer.resize()).observe(scene);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    viewer.setBackgroundColor(getComputedStyle(scene).backgroundColor);
    viewer.render();
  });
  draw();
  home();
})();
