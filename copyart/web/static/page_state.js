// What the page shows and does now: the photo, the painting under way, the finished one, and the chosen style.

import { pageData } from "./page_data.js";

const form = document.querySelector(".painting-form");

export const state = {
  /** The photo, as `decodePhoto` returns it. */
  photo: null,
  /** All files, if several were chosen at once. */
  batch: [],
  /** The painting under way: an AbortController that stops it, with its `style`, `mixture` and `key`. */
  job: null,
  /** The finished painting that is shown: the painter's result with `style`, `mixture`, `key` and `inBrowser`. */
  painting: null,
};

/** Return the style whose card is chosen, or null. */
export function selectedStyle() {
  return pageData.styles.find((style) => style.slug === form.elements.artist.value) ?? null;
}

/** Choose the card of a style; null chooses none. */
export function selectStyle(style) {
  for (const card of form.querySelectorAll(".artist input")) card.checked = card.value === style?.slug;
}
