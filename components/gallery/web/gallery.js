/* Thumbnails with severity and reason. Cards are kept and changed in place, so that results that come in while
 * somebody scrolls or tabs through the list neither flicker nor take the focus away. */
const GALLERIES = new WeakMap(); // root of the mounted component → Gallery

function newCard(onChoose) {
  const item = document.createElement("li");
  item.innerHTML = '<button type="button"><span class="picture"><img alt="" loading="lazy" decoding="async">'
    + '<span class="badge"></span><span class="reviewed" hidden>✓ reviewed</span></span>'
    + '<span class="words"><span class="reason"></span><span class="name"></span></span></button>';
  const image = item.querySelector("img");
  image.addEventListener("error", () => image.classList.add("broken"));
  image.addEventListener("load", () => image.classList.remove("broken"));
  item.firstElementChild.addEventListener("click", () => onChoose(item.dataset.sha256));
  return item;
}

function fillCard(item, photo, isSelected) {
  const set = (selector, text) => { item.querySelector(selector).textContent = text; };
  item.dataset.sha256 = photo.sha256;
  const image = item.querySelector("img");
  if (image.getAttribute("src") !== photo.thumbnail) image.src = photo.thumbnail;
  const badge = item.querySelector(".badge");
  badge.textContent = photo.severity ? `${photo.severity.icon} ${photo.severity.word}` : (photo.is_waiting ? "working…" : "no findings");
  badge.style.background = photo.severity?.fill ?? "#f4f6f8";
  badge.style.color = photo.severity?.ink ?? "#14181d";
  item.querySelector(".reviewed").hidden = !photo.reviewed;
  set(".reason", photo.reason);
  set(".name", photo.name);
  const button = item.firstElementChild;
  button.title = photo.name;
  button.setAttribute("aria-current", String(isSelected));
}

class Gallery {
  constructor(root) {
    this.list = root.querySelector("[data-part=cards]");
    this.cards = new Map(); // sha256 → element
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const wanted = new Set(data.photos.map((photo) => photo.sha256));
    for (const [sha256, card] of this.cards) {
      if (!wanted.has(sha256)) { card.remove(); this.cards.delete(sha256); }
    }
    data.photos.forEach((photo, index) => {
      if (!this.cards.has(photo.sha256)) {
        this.cards.set(photo.sha256, newCard((sha256) => this.send("chosen", sha256)));
      }
      const card = this.cards.get(photo.sha256);
      fillCard(card, photo, photo.sha256 === data.selected);
      if (this.list.children[index] !== card) this.list.insertBefore(card, this.list.children[index] ?? null);
    });
    if (data.selected !== this.selected) this.reveal(data.selected);
    this.selected = data.selected;
  }

  reveal(sha256) {
    const card = this.cards.get(sha256);
    if (!card) return;
    const list = this.list.getBoundingClientRect();
    const place = card.getBoundingClientRect();
    // Not scrollIntoView: that would scroll the page as well.
    if (place.top < list.top || place.bottom > list.bottom) this.list.scrollTop += place.top - list.top - 8;
    if (place.left < list.left || place.right > list.right) this.list.scrollLeft += place.left - list.left - 8;
  }
}

export default function mount(component) {
  const root = component.parentElement;
  if (!GALLERIES.has(root)) GALLERIES.set(root, new Gallery(root));
  GALLERIES.get(root).update(component);
  return () => GALLERIES.delete(root);
}
