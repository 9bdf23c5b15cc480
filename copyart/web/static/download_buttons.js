// The buttons below a finished painting: download in a format, share, copy.

import { showProblem } from "./messages.js";
import { pageText } from "./page_data.js";
import { state } from "./page_state.js";
import { connectShareAndCopy, downloadFile, paintingFileName, writableImageTypes } from "./save_and_share.js";
import { finishedFile } from "./shown_painting.js";

const [download, format, share, copy] = ["download", "format", "share", "copy"].map((id) => document.getElementById(id));
let chosenByVisitor = false; // whether the visitor chose the format

/** Set the format of the download to that of the photo, unless the visitor has chosen one. */
export function chooseFormatFor(photo) {
  if (!chosenByVisitor) format.value = `image/${photo.format}`;
}

/** Connect the buttons. */
export function connectDownloadButtons() {
  const types = writableImageTypes();
  for (const option of [...format.options]) if (!types.includes(option.value)) option.remove();
  format.addEventListener("change", () => (chosenByVisitor = true));
  const nameOf = (file) => paintingFileName({ name: state.photo.name, slug: state.painting.mixture.slug }, file);
  download.addEventListener("click", async () => {
    try {
      const file = await finishedFile(format.value);
      downloadFile(file, nameOf(file));
    } catch {
      showProblem(pageText("problem_no-memory"));
    }
  });
  const file = (type = format.value) => finishedFile(type);
  connectShareAndCopy({ share, copy, file, name: nameOf, failed: showProblem });
}
