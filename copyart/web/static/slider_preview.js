// Paints small previews one after the other while a slider is moved, each with the settings of that moment.

import { blendSettings, coarsePixelCount, mixWithSecondStyle } from "./adjustment_controls.js";
import { blendPhotoAndPainting } from "./blend_with_photo.js";
import { showCoarsePainting } from "./comparison_view.js";
import { browserPainter } from "./painters.js";

const MAX_PIXELS = 200_000; // about a second on one core

let requested = null; // { photo, style } to paint next
let current = null; // AbortController of the preview being painted

/** Show a small preview once the one under way is finished, with the settings of that moment. Ignore problems. */
export function requestPreview(photo, style) {
  requested = { photo, style };
  if (!current) paintRequestedPreviews();
}

/** Forget the preview that was requested, and stop the one being painted. */
export function stopPreview() {
  requested = null;
  current?.abort();
}

async function paintRequestedPreviews() {
  while (requested) {
    const { photo, style } = requested;
    const own = (current = new AbortController());
    requested = null;
    // The photo is reduced so much that strokes of the trained size (`brush: 1`) look like the chosen brush.
    const pixels = Math.min(MAX_PIXELS, coarsePixelCount(photo));
    const options = { signal: own.signal, progress() {}, brush: 1, pixels };
    const result = await browserPainter.paint(photo, mixWithSecondStyle(style), options).catch(() => null);
    const { strength, preserve } = blendSettings();
    if (result && !own.signal.aborted) {
      showCoarsePainting(blendPhotoAndPainting(result.photo, result.painting, strength, preserve));
    }
  }
  current = null;
}
