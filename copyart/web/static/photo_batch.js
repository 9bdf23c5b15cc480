// Paints all chosen photos in one style, and packs the paintings into a zip.

import { pageText, Problem } from "./page_data.js";
import { decodePhoto } from "./photo_pixels.js";
import { zipFiles } from "./zip.js";

/**
 * Paint photos one after the other. Return the paintings as a zip, and the names of files that could not be painted.
 * @param {File[]} files
 * @param {object} how
 * @param {(photo: object, place: number) => Promise<{ name: string, blob: Blob }>} how.paint
 * @param {AbortSignal} how.signal
 * @returns {Promise<{ zip: Blob, painted: number, failed: string[] }>}
 */
export async function paintBatch(files, { paint, signal }) {
  const [entries, failed] = [[], []];
  for (const [at, file] of files.entries()) {
    let photo = null;
    try {
      photo = await decodePhoto(file);
      entries.push(await paint(photo, at + 1));
    } catch (problem) {
      if (signal.aborted) throw problem;
      failed.push(file.name);
    } finally {
      photo?.bitmap.close();
    }
  }
  if (!entries.length) throw new Problem("no-picture");
  return { zip: await zipFiles(entries), painted: entries.length, failed };
}

/** Return the message that is shown after several photos were painted. */
export function batchSummary({ painted, failed }) {
  const done = pageText("several_done", { count: painted });
  return failed.length ? `${done} ${pageText("several_failed", { names: failed.join(", ") })}` : done;
}
