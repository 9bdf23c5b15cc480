// The page: a photo is opened, a click on a card paints it in that style, and the painting is downloaded.

import { connectAdjustmentsToPainting } from "./apply_adjustments.js";
import { connectBatchButton } from "./batch_button.js";
import { connectDownloadButtons } from "./download_buttons.js";
import { connectLiveCameraButtons } from "./live_camera_button.js";
import { clearMessages, showProblem } from "./messages.js";
import { openPhotoFiles, reopenStoredPhoto } from "./open_photo.js";
import { pageText } from "./page_data.js";
import { selectedStyle, selectStyle } from "./page_state.js";
import { browserPainter, cardPreviews, defaultPainter, serverPainter, showWhoPaints } from "./painters.js";
import { cancelPainting, paintSelectedStyle, startPainting } from "./painting_job.js";
import { connectPhotoInputs } from "./photo_inputs.js";
import "./style_filter.js";
import "./compare_and_full_screen.js";

const $ = (id) => document.getElementById(id);
const form = document.querySelector(".painting-form");

// Photos

form.noValidate = true; // a photo that was dropped or taken is not in the field
form.querySelector(".photo-chooser").addEventListener("click", () => cardPreviews?.loadRuntimeEarly());
addEventListener("dragenter", () => cardPreviews?.loadRuntimeEarly(), { once: true });
connectPhotoInputs(openPhotoFiles);
if (browserPainter) {
  connectLiveCameraButtons([$("live-open"), $("live-again")], {
    initialSlug: () => selectedStyle()?.slug,
    opened() {
      cancelPainting();
      cardPreviews.pause(); // the cards and the camera do not paint at the same time
    },
    closed: () => cardPreviews.resume(),
    failed: showProblem,
    async taken(file, style) {
      await openPhotoFiles([file]);
      selectStyle(style);
      startPainting(browserPainter, style);
    },
  });
}

// Painting

// `click`, not `change`, because the chosen card can be clicked again. The arrow keys fire `click` as well.
form.addEventListener("click", ({ target }) => target.name === "artist" && paintSelectedStyle());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  startPainting(defaultPainter(selectedStyle()));
});
$("paint").textContent = pageText("again"); // a click on a card paints; the button is for a second try
$("use-server").addEventListener("click", () => startPainting(serverPainter));
$("cancel").addEventListener("click", cancelPainting);
connectAdjustmentsToPainting();

// The finished painting

connectDownloadButtons();
connectBatchButton();

selectStyle(null);
clearMessages();
showWhoPaints();
reopenStoredPhoto();
