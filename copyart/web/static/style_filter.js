// Find a style: by name, in any spelling and in both languages, and by movement.

import { known, say } from "./page_data.js";

const search = document.getElementById("search");
const movements = [...document.querySelectorAll(".movement")];
const cards = [...document.querySelectorAll(".artist")];
const none = document.getElementById("no-style");

/** Return a text without accents, marks and capitals, so that "cezanne" finds Cézanne. */
export function folded(text) {
  return text.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
}

const rows = new Map(known.styles.map((style) => [style.slug, { ...style, text: folded(style.search) }]));

/** Hide the cards that the search and the movement leave out. */
function filter() {
  const wanted = folded(search.value);
  const movement = movements.find((button) => button.getAttribute("aria-pressed") === "true")?.value ?? "";
  let shown = 0;
  for (const card of cards) {
    const style = rows.get(card.querySelector("input").value);
    const fits = style.text.includes(wanted) && (!movement || style.movement === movement);
    card.hidden = !fits;
    shown += Number(fits);
  }
  none.hidden = shown > 0;
  none.textContent = shown ? "" : say("no_style");
}

search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault(); // it would send the form
});
for (const button of movements) {
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") === "true" && button.value !== "";
    for (const other of movements) other.setAttribute("aria-pressed", String(other === button && !pressed));
    if (pressed) movements[0].setAttribute("aria-pressed", "true");
    filter();
  });
}
