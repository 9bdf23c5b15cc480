// Finds styles by name, in any spelling and in both languages, and by movement.

import { pageData, pageText } from "./page_data.js";

const search = document.getElementById("search");
const movements = [...document.querySelectorAll(".movement")];
const cards = [...document.querySelectorAll(".artist")];
const noStyleFound = document.getElementById("no-style");

/** Return a text without accents, marks and capitals, so that "cezanne" finds Cézanne. */
export function withoutAccents(text) {
  return text.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
}

const rows = new Map(pageData.styles.map((style) => [style.slug, { ...style, text: withoutAccents(style.search) }]));

/** Hide the cards that do not match the search or the movement. */
function filterCards() {
  const wanted = withoutAccents(search.value);
  const movement = movements.find((button) => button.getAttribute("aria-pressed") === "true")?.value ?? "";
  let shown = 0;
  for (const card of cards) {
    const style = rows.get(card.querySelector("input").value);
    const fits = style.text.includes(wanted) && (!movement || style.movement === movement);
    card.hidden = !fits;
    shown += Number(fits);
  }
  noStyleFound.hidden = shown > 0;
  noStyleFound.textContent = shown ? "" : pageText("no_style");
}

search.addEventListener("input", filterCards);
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault(); // Enter would send the form
});
for (const button of movements) {
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") === "true" && button.value !== "";
    for (const other of movements) other.setAttribute("aria-pressed", String(other === button && !pressed));
    if (pressed) movements[0].setAttribute("aria-pressed", "true");
    filterCards();
  });
}
