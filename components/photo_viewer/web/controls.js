/* Buttons, words and lists around the canvas; everything that a screen reader meets. */

function listenToButtons(viewer) {
  const onClick = (name, run) => viewer.find(name).addEventListener("click", run);
  onClick("zoom-in", () => viewer.zoomBy(1.6));
  onClick("zoom-out", () => viewer.zoomBy(1 / 1.6));
  onClick("fit", () => viewer.flyTo(FITTING_VIEW));
  onClick("boxes-button", () => viewer.toggleBoxes());
  onClick("heat-button", () => viewer.toggleHeat());
  onClick("help-button", () => viewer.toggleHelp());
  onClick("help-close", () => viewer.toggleHelp(false));
  onClick("previous", () => viewer.emit("previous"));
  onClick("next", () => viewer.emit("next"));
  viewer.find("opacity").addEventListener("input", (event) => {
    viewer.heatOpacity = Number(event.target.value) / 100;
    viewer.redraw();
  });
}

const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };

/** Bring words and buttons in line with what is shown. */
function describe(viewer) {
  const { data, photo, find } = viewer;
  const findings = [...data.boxes.map((box) => `${box.severity.word}: ${box.text}`), ...data.notes];
  const count = findings.length === 1 ? "1 finding" : `${findings.length || "No"} findings`;
  viewer.canvas.setAttribute("aria-label",
    `Photo ${photo.name}, ${photo.width_px} by ${photo.height_px} pixels. ${count}. ${findings.join(". ")}`);
  find("previous").hidden = !data.has_previous;
  find("next").hidden = !data.has_next;
  find("boxes-button").hidden = data.boxes.length === 0;
  find("boxes-button").setAttribute("aria-pressed", String(viewer.boxesOn));
  find("heat-button").hidden = !data.heat;
  find("heat-button").setAttribute("aria-pressed", String(Boolean(viewer.heatOn)));
  describeHeat(viewer);
  listBoxes(viewer);
  listNotes(viewer);
  listKeys(viewer);
}

function describeHeat(viewer) {
  const { data: { heat }, find } = viewer;
  find("legend").hidden = !(heat && viewer.heatOn);
  if (!heat) return;
  setText(find("heat-title"), viewer.heatGrid?.isBetter ? `${heat.title} · by the method that measured best` : heat.title);
  find("gradient").style.background = heatGradient(heat.diverging);
  const reach = viewer.heatGrid ? heatReach(viewer.heatGrid, heat.diverging) : 0;
  const strongest = reach && !viewer.heatGrid.isBetter ? ` (${reach.toPrecision(2)})` : "";
  setText(find("scale-low"), heat.diverging ? heat.low_word : "nothing");
  setText(find("scale-high"), heat.diverging ? heat.high_word : `strongest${strongest}`);
  if (viewer.heatGrid && !reach) setText(find("heat-title"), `${heat.title}: nothing in the photo speaks for it`);
  if (viewer.heatProblem) setText(find("heat-title"), `${heat.title}: not available (${viewer.heatProblem})`);
}

/** One button a box: reaches every box by keyboard, and flies there. */
function listBoxes(viewer) {
  const list = viewer.find("boxes");
  list.hidden = viewer.data.boxes.length === 0;
  list.replaceChildren(...viewer.data.boxes.map((box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.setAttribute("aria-pressed", String(box.id === viewer.selected));
    button.title = "Show this place";
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.style.background = box.severity.fill;
    mark.style.color = box.severity.ink;
    mark.textContent = box.severity.icon;
    mark.setAttribute("aria-label", box.severity.word);
    button.append(mark, box.text);
    button.addEventListener("click", () => viewer.selectBox(box.id));
    const item = document.createElement("li");
    item.append(button);
    if (viewer.data.tool === "draw") item.append(removeButton(viewer, box));
    return item;
  }));
}

function removeButton(viewer, box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "remove";
  button.textContent = "×";
  button.title = "Take this box away";
  button.setAttribute("aria-label", `Take away: ${box.text}`);
  button.addEventListener("click", () => viewer.emitRemoved(box.id));
  return button;
}

function listNotes(viewer) {
  viewer.find("notes").replaceChildren(...viewer.data.notes.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
}

function listKeys(viewer) {
  setText(viewer.find("hint"), viewer.data.tool === "draw"
    ? "Dragging draws a box, a click chooses one; the wheel zooms, two fingers zoom and move."
    : "Wheel or pinch zooms, dragging moves, a double click comes close.");
  const rows = KEYS.filter((entry) => isKeyOf(entry, viewer.data));
  viewer.find("keys").replaceChildren(...rows.flatMap(({ shown, does }) => {
    const key = document.createElement("kbd");
    key.textContent = shown;
    const term = document.createElement("dt");
    term.append(key);
    const words = document.createElement("dd");
    words.textContent = does;
    return [term, words];
  }));
}

function showStatus(viewer) {
  const { scale } = placePhoto(viewer.view, viewer.photo, viewer.stage);
  const percent = scale * viewer.density * 100;
  const parts = [`${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`];
  if (!viewer.pictures.standardLoaded) parts.push("loading…");
  else if (viewer.pictures.loading.size) parts.push("sharpening…");
  setText(viewer.find("status"), parts.join(" · "));
  viewer.find("stage").dataset.state = viewer.pictures.base ? "shown" : "waiting";
  viewer.find("stage").dataset.detail = viewer.pictures.tiles.size ? "tiles" : "standard";
}
