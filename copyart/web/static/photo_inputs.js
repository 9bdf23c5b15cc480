// The ways to bring a photo to the page: choose a file or a sample, take a photo, drop a file, or paste one.

import { connectCameraButtons } from "./camera_dialog.js";
import { showProblem } from "./messages.js";
import { pageText } from "./page_data.js";

const form = document.querySelector(".painting-form");
const $ = (id) => document.getElementById(id);

/**
 * Call `openPhotoFiles` with the photos that the visitor chooses, takes, drops or pastes.
 * @param {(files: File[]) => void} openPhotoFiles
 */
export function connectPhotoInputs(openPhotoFiles) {
  $("photo").multiple = true; // the plain form takes one
  $("photo").addEventListener("change", ({ target }) => {
    openPhotoFiles([...target.files]);
    target.value = ""; // else choosing the same photo again would fire no `change`
  });
  for (const button of form.querySelectorAll(".sample")) {
    button.addEventListener("click", async () => {
      const { src, alt } = button.firstElementChild;
      const blob = await fetch(src).then((answer) => answer.blob()).catch(() => null);
      if (blob) openPhotoFiles([new File([blob], `${alt}.jpg`, { type: "image/jpeg" })]);
      else showProblem(pageText("problem_unreachable"), "picture-column");
    });
  }
  const failed = (text) => showProblem(text, "picture-column");
  connectCameraButtons([$("camera"), $("camera-again")], (file) => openPhotoFiles([file]), failed);
  addEventListener("paste", ({ clipboardData }) => openPhotoFiles([...(clipboardData?.files ?? [])]));

  for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => showDropTarget(event, true));
  addEventListener("dragleave", (event) => event.relatedTarget || showDropTarget(event, false));
  addEventListener("drop", (event) => {
    showDropTarget(event, false);
    openPhotoFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

function showDropTarget(event, over) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form.querySelector(".drop-target").hidden = !over;
}
