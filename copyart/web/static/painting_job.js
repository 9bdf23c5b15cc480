// One painting job at a time: starts it, shows its progress and its result, and stops it.

import { chosenBrush, mixWithSecondStyle, offerSecondStyles } from "./adjustment_controls.js";
import {
  hidePainting,
  scrollToPicture,
  showCoarsePainting,
  showStrip,
  sweepOnceVisible,
} from "./comparison_view.js";
import { announce, clearMessages, showProblem, showProgress, showServerOffer } from "./messages.js";
import { keepStyleOffline } from "./offline_cache.js";
import { pageText, Problem } from "./page_data.js";
import { focusNextControl, focusShouldStay, setMode } from "./page_mode.js";
import { selectedStyle, selectStyle, state } from "./page_state.js";
import { cardPreviews, defaultPainter, serverPainter, showWhoPaints } from "./painters.js";
import { PaintingCache, paintingKey } from "./painting_cache.js";
import { saveToGallery } from "./save_to_gallery.js";
import { finishedText, showFinished, showFinishedOrPhoto } from "./shown_painting.js";
import { stopPreview } from "./slider_preview.js";

const $ = (id) => document.getElementById(id);

/** The finished paintings of this photo. */
export const finishedPaintings = new PaintingCache();

/** Paint in the style whose card was clicked. If a painting with these settings is finished already, show it. */
export function paintSelectedStyle() {
  if (!state.photo) return showWhoPaints();
  const style = selectedStyle();
  if (state.job?.style === style && state.job.key === paintingKey(style)) return;
  offerSecondStyles(style, defaultPainter(style)?.inBrowser);
  const painting = finishedPaintings.get(paintingKey(style));
  if (!painting) return startPainting(defaultPainter(style));
  stopPainting();
  clearMessages();
  showFinished(painting);
  announce(finishedText(painting));
}

/**
 * Paint the photo.
 * @param {any} painter `browserPainter` or `serverPainter`
 * @param {any} [style] defaults to the style of the chosen card
 * @param {{ overPainting?: boolean }} [how] whether the painting that is shown stays until the new one covers it
 */
export async function startPainting(painter, style = selectedStyle(), { overPainting = false } = {}) {
  if (!state.photo || !style) return showProblem(pageText("problem_bad-request"));
  if (!painter) return showProblem(pageText("nobody"));
  stopPainting();
  clearMessages();
  offerSecondStyles(style, painter.inBrowser);
  const [key, mixture] = [paintingKey(style), mixWithSecondStyle(style)];
  const job = Object.assign(new AbortController(), { style, mixture, key });
  state.job = job;
  const reveal = showStart(painter, mixture, overPainting);
  try {
    const progress = (what) => job === state.job && reveal(what);
    const result = await painter.paint(state.photo, mixture, { signal: job.signal, progress, brush: chosenBrush() });
    if (job !== state.job) return;
    state.job = null;
    showFinished({ ...result, style, mixture, key, inBrowser: painter.inBrowser });
    finishedPaintings.add(state.painting);
    reveal({ rows: null });
    saveToGallery();
    if (painter.inBrowser) keepStyleOffline(mixture, result.engine);
    announce(finishedText(state.painting));
    focusNextControl();
  } catch (problem) {
    if (job === state.job) showFailure(problem, painter);
  }
}

/** Show that a painting begins, first with the preview on the style's card. Return a function that shows progress. */
function showStart(painter, mixture, overPainting) {
  if (!overPainting) hidePainting();
  setMode("painting");
  const reveal = sweepOnceVisible(showStep, overPainting);
  const small = !overPainting && cardPreviews?.canvasOfStyle(mixture);
  if (small) reveal({ coarse: small });
  if (!overPainting) scrollToPicture();
  if (!focusShouldStay()) $("cancel").focus({ preventScroll: true });
  showWhoPaints(painter);
  showStep({ phase: painter.inBrowser ? "starting" : "sending", share: 0 });
  return reveal;
}

/** Show a step of a painting: the coarse painting, finished rows, or the progress. */
function showStep({ phase, ...step }) {
  if (step.coarse) showCoarsePainting(step.coarse, step.width, step.height);
  else if (step.rows) showStrip(step.rows, step.top);
  else showProgress({ phase, ...step });
}

function showFailure(problem, painter) {
  state.job = null;
  showFinishedOrPhoto();
  showProblem(problem instanceof Problem ? problem.text : pageText("problem_broken"));
  if (painter.inBrowser && serverPainter) showServerOffer(pageText("server_instead"));
  $("paint").hidden = false;
  focusNextControl();
}

/** Stop the painting under way, if there is one, without showing anything else. */
export function stopPainting() {
  stopPreview();
  state.job?.abort(new Problem("cancelled"));
  state.job = null;
}

/** Stop the painting under way, and show the previous painting, or else the photo, again. */
export function cancelPainting() {
  if (!state.job) return;
  stopPainting();
  if (state.painting) selectStyle(state.painting.style);
  showFinishedOrPhoto();
  announce(pageText("cancelled"));
  focusNextControl();
}
