// Applies the controls to the shown painting: blends it again at once, or shows small previews and then paints again.

import { blendSettings, connectAdjustments, mixWithSecondStyle } from "./adjustment_controls.js";
import { showBlendPreview } from "./comparison_view.js";
import { setMode } from "./page_mode.js";
import { state } from "./page_state.js";
import { browserPainter } from "./painters.js";
import { paintingKey } from "./painting_cache.js";
import { finishedPaintings, startPainting, stopPainting } from "./painting_job.js";
import { saveToGallerySoon } from "./save_to_gallery.js";
import { showFinished } from "./shown_painting.js";
import { requestPreview } from "./slider_preview.js";

let nextFrame = null; // id of the animation frame that will draw the blend

/** Connect the sliders to the painting. */
export function connectAdjustmentsToPainting() {
  connectAdjustments({ blended: updateBlend, painted: updatePainting });
}

function updateBlend(settled) {
  if (!state.painting || state.job) return;
  nextFrame ??= requestAnimationFrame(() => {
    nextFrame = null;
    showBlendPreview(state.painting, blendSettings());
  });
  if (!settled) return;
  cancelAnimationFrame(nextFrame);
  nextFrame = null;
  showFinished(state.painting);
  saveToGallerySoon();
}

function updatePainting(settled) {
  const style = state.job?.style ?? state.painting?.style;
  if (!style || !browserPainter) return;
  if (!settled) return showSmallPainting(style);
  const key = paintingKey(style);
  if (state.job?.key === key) return;
  const painting = finishedPaintings.get(key);
  if (!painting) return startPainting(browserPainter, style, { overPainting: true });
  stopPainting();
  showFinished(painting);
}

/** Show a small preview of a style while its sliders move. */
function showSmallPainting(style) {
  if (state.painting?.style !== style) return; // the style is being painted for the first time
  stopPainting();
  setMode("painted");
  document.getElementById("style-caption").textContent = mixWithSecondStyle(style).manner;
  requestPreview(state.photo, style);
}
