/* A button a channel; its picture is a part of one sheet. Built anew only when the sheet changes. */
const GRIDS = new WeakMap(); // root of the mounted component → what is drawn there

function cellButton(cell, index, { sheet, width, height }, choose) {
  const button = document.createElement("button");
  button.type = "button";
  button.title = cell.title;
  button.setAttribute("aria-label", cell.title);
  const picture = document.createElement("span");
  picture.className = "picture";
  picture.style.width = `${width}px`;
  picture.style.height = `${height}px`;
  picture.style.backgroundImage = `url(${sheet})`;
  picture.style.backgroundPosition = `0 -${index * height}px`;
  button.append(picture, cell.words);
  if (cell.mark) {
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.textContent = cell.mark;
    button.append(mark);
  }
  button.addEventListener("click", () => choose(cell.number));
  return button;
}

export default function mount({ parentElement: root, data, setTriggerValue }) {
  const grid = root.querySelector("[data-part=grid]");
  const drawn = GRIDS.get(root) ?? {};
  drawn.choose = (number) => setTriggerValue("chosen", number);
  const is = data.sheet + JSON.stringify(data.cells);
  if (drawn.is !== is) {
    drawn.is = is;
    grid.replaceChildren(...data.cells.map((cell, index) => cellButton(cell, index, data, (number) => drawn.choose(number))));
    grid.scrollTop = 0;
  }
  data.cells.forEach((cell, index) => {
    grid.children[index].setAttribute("aria-pressed", String(cell.number === data.selected));
  });
  GRIDS.set(root, drawn);
  return () => GRIDS.delete(root);
}
