/* Saves the plotly figure of another element as a picture, through the button that plotly itself has for it. */
function save(data, format, say) {
  const figure = document.querySelector(`.${data.element} .js-plotly-plot`);
  const button = figure?.querySelector('.modebar-btn[data-title^="Download"]');
  if (!figure?._context || !button) { say("The figure is not drawn yet."); return; }
  say("");
  figure._context.toImageButtonOptions = { format, filename: data.name, scale: format === "png" ? 2 : 1 };
  button.click();
}

export default function ({ parentElement, data }) {
  const status = parentElement.querySelector("[role=status]");
  const say = (words) => { status.textContent = words; };
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => save(data, button.dataset.format, say);
  }
}
