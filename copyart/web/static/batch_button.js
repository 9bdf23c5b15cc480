// The button that paints all chosen photos with the settings of the shown painting, and downloads them as one zip.

import { blendSettings, chosenBrush } from "./adjustment_controls.js";
import { blendPhotoAndPainting } from "./blend_with_photo.js";
import { pixelsAsFile } from "./image_files.js";
import { announce, clearMessages, showNote, showProblem, showProgress } from "./messages.js";
import { pageText, Problem } from "./page_data.js";
import { setMode } from "./page_mode.js";
import { state } from "./page_state.js";
import { browserPainter, serverPainter } from "./painters.js";
import { batchSummary, paintBatch } from "./photo_batch.js";
import { downloadFile, paintingFileName } from "./save_and_share.js";
import { showFinishedOrPhoto } from "./shown_painting.js";

const $ = (id) => document.getElementById(id);

/** Connect the button. */
export function connectBatchButton() {
  $("paint-all").addEventListener("click", paintAll);
}

async function paintAll() {
  const { style, mixture, inBrowser } = state.painting;
  const painter = inBrowser ? browserPainter : serverPainter;
  const job = Object.assign(new AbortController(), { style, mixture });
  const [files, type, { strength, preserve }] = [state.batch, $("format").value, blendSettings()];
  clearMessages();
  state.job = job;
  setMode("painting");
  $("cancel").focus({ preventScroll: true });
  const paint = async (photo, place) => {
    const progress = ({ share = 0 }) =>
      job === state.job && showProgress({ phase: "several", share, place, total: files.length });
    const result = await painter.paint(photo, mixture, { signal: job.signal, progress, brush: chosenBrush() });
    const file = await pixelsAsFile(blendPhotoAndPainting(result.photo, result.painting, strength, preserve), type);
    return { name: paintingFileName({ name: photo.name, slug: mixture.slug }, file), blob: file };
  };
  try {
    const done = await paintBatch(files, { paint, signal: job.signal });
    if (endUnlessStopped(job)) showZip(done, mixture);
  } catch (problem) {
    if (endUnlessStopped(job)) showProblem(problem instanceof Problem ? problem.text : pageText("problem_broken"));
  }
}

/** End a job. If it was stopped before, only return false, because the page then shows something else. */
function endUnlessStopped(job) {
  if (job !== state.job) return false;
  state.job = null;
  showFinishedOrPhoto();
  return true;
}

function showZip(done, mixture) {
  downloadFile(done.zip, paintingFileName({ name: "copyart", slug: mixture.slug }, done.zip));
  showNote(batchSummary(done));
  announce(batchSummary(done));
  $("paint-all").focus({ preventScroll: true });
}
