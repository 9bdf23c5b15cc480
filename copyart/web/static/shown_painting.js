// Shows a finished painting with the sentences about it, and returns it as a file.

import { blendSettings, chosenBrush } from "./adjustment_controls.js";
import { hidePainting, shownPaintingAsFile, showPainting } from "./comparison_view.js";
import { noteReducedSize } from "./messages.js";
import { formatNumber, pageText } from "./page_data.js";
import { setMode } from "./page_mode.js";
import { selectedStyle, state } from "./page_state.js";
import { browserPainter, serverPainter, whoPaintsText } from "./painters.js";

const $ = (id) => document.getElementById(id);

/** Show a finished painting, blended with its photo as the sliders say. */
export function showFinished(painting) {
  state.painting = painting;
  showPainting(painting, painting.mixture.manner, blendSettings());
  setMode("painted");
  const painter = painting.inBrowser ? browserPainter : serverPainter;
  $("painter").textContent = `${finishedText(painting)} ${whoPaintsText(painter, painting.style)}`;
  const plain = painting.mixture === painting.style && chosenBrush() === null; // the server neither mixes nor changes brushes
  noteReducedSize(painting, state.photo, Boolean(serverPainter) && plain);
}

/** Show the finished painting if it is in the chosen style, else the photo. */
export function showFinishedOrPhoto() {
  if (state.painting && state.painting.style === selectedStyle()) return showFinished(state.painting);
  hidePainting();
  setMode("ready");
}

/** Return the sentence that says how a painting was made. */
export function finishedText({ mixture, seconds }) {
  return pageText("done", { manner: mixture.manner, seconds: formatNumber(seconds, 1) });
}

/** Return the shown painting as a file of a MIME type: the server's file if its type fits and no slider changes it. */
export async function finishedFile(type) {
  const { strength, preserve } = blendSettings();
  const { blob } = state.painting;
  return strength === 1 && !preserve && blob?.type === type ? blob : shownPaintingAsFile(type);
}
