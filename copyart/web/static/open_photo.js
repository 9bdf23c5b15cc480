// Opens the photos that the visitor chose, and shows the first one, ready to be painted.

import { setBrushForPhoto } from "./adjustment_controls.js";
import { setPhoto } from "./comparison_view.js";
import { askToConfirm } from "./confirm_dialog.js";
import { storedPhoto, storePhoto } from "./device_storage.js";
import { chooseFormatFor } from "./download_buttons.js";
import { announce, clearMessages, showNote, showProblem } from "./messages.js";
import { keepPageOffline } from "./offline_cache.js";
import { pageText, Problem } from "./page_data.js";
import { setMode } from "./page_mode.js";
import { selectStyle, state } from "./page_state.js";
import { cardPreviews } from "./painters.js";
import { cancelPainting, finishedPaintings } from "./painting_job.js";
import { decodePhoto, photoPixels, sizeWithin } from "./photo_pixels.js";

const UNPAINTED_PIXELS = 3e6; // maximum number of pixels at which an unpainted photo is shown
const form = document.querySelector(".painting-form");
const batchButton = document.getElementById("paint-all");
let opening = null; // the file that is being read

/** Open files. If a painting is under way, ask first. */
export async function openPhotoFiles(files) {
  if (!files.length) return;
  if (state.job && !(await askToConfirm(pageText("stop_sure"), pageText("stop_yes"), pageText("stop_no")))) return;
  if (!(await openPhoto(files[0]))) return;
  state.batch = files.length > 1 ? files : [];
  batchButton.hidden = !state.batch.length;
  batchButton.textContent = pageText("paint_all", { count: state.batch.length });
  if (state.batch.length) showNote(pageText("several", { count: state.batch.length }));
}

/** Open the photo that this tab had before a reload, a change of language, or a return to the page. */
export async function reopenStoredPhoto() {
  const file = await storedPhoto().catch(() => null);
  if (file && !opening) await openPhoto(file);
}

/** Open a photo. Return whether it is shown now. */
async function openPhoto(file) {
  cancelPainting();
  clearMessages();
  opening = file;
  const photo = await decodePhoto(file).catch((problem) => problem);
  if (opening !== file) {
    photo.bitmap?.close(); // another file was opened meanwhile
    return false;
  }
  if (photo instanceof Problem) {
    showProblem(photo.text, "picture-column");
    return false;
  }
  cancelPainting(); // a painting of the previous photo that was begun meanwhile
  replacePhoto(photo);
  keepPageOffline();
  storePhoto(file).catch(() => {}); // if it cannot be stored, the visitor chooses it again after a reload
  return true;
}

function replacePhoto(photo) {
  state.photo?.bitmap.close();
  state.photo = photo;
  state.painting = null;
  finishedPaintings.clear();
  selectStyle(null);
  setPhoto(photo, photoPixels(photo, ...sizeWithin(photo.width, photo.height, UNPAINTED_PIXELS)));
  setBrushForPhoto(photo);
  chooseFormatFor(photo);
  setMode("ready");
  cardPreviews?.paintAll(photo);
  if (photo.moves) showNote(pageText("moves"));
  announce(pageText("your_photo", photo));
  form.querySelector(".artist:not([hidden]) input")?.focus({ preventScroll: true });
}
