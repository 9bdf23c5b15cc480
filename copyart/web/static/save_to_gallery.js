// Saves each finished painting to the gallery. Asks before leaving the page if a painting is unsaved or unfinished.

import { addToGallery } from "./gallery.js";
import { showNote } from "./messages.js";
import { pageText } from "./page_data.js";
import { state } from "./page_state.js";
import { finishedFile } from "./shown_painting.js";

const DELAY = 700; // milliseconds after the last change
const unsaved = new Set(); // ids of paintings that would be lost if the page were left now
let timer = null;

/** Save the shown painting, in place of its earlier version if there is one. */
export async function saveToGallery() {
  state.painting.id ??= crypto.getRandomValues(new Uint32Array(4)).join("-");
  const [{ id, mixture }, { name, format }] = [state.painting, state.photo];
  unsaved.add(id);
  try {
    const blob = await finishedFile(`image/${format}`);
    await addToGallery({ id, slug: mixture.slug, manner: mixture.manner, name, blob });
    unsaved.delete(id);
  } catch {
    showNote(pageText("not_kept"));
  }
}

/** Save the shown painting once its sliders have not moved for a while. */
export function saveToGallerySoon() {
  if (!state.painting) return;
  clearTimeout(timer);
  const changed = state.painting;
  timer = setTimeout(() => changed === state.painting && saveToGallery(), DELAY);
}

addEventListener("beforeunload", (event) => (state.job || unsaved.size) && event.preventDefault());
