// The ways in which photos come to the page: from the library, a sample, the camera, dropped, pasted.

import { connectCamera } from "./camera.js";
import { complain } from "./messages.js";
import { say } from "./page_data.js";

const form = document.querySelector(".painting-form");
const $ = (id) => document.getElementById(id);

/**
 * Connect all ways in which photos come.
 * @param {(files: File[]) => void} take
 */
export function connectChoosing(take) {
  $("photo").multiple = true; // the plain form takes one
  $("photo").addEventListener("change", ({ target }) => {
    take([...target.files]);
    target.value = ""; // the same photo again is a choice too
  });
  for (const button of form.querySelectorAll(".sample")) {
    button.addEventListener("click", async () => {
      const blob = await fetch(button.firstElementChild.src).then((answer) => answer.blob()).catch(() => null);
      if (blob) take([new File([blob], "sample.jpg", { type: "image/jpeg" })]);
      else complain(say("problem_unreachable"), "wall");
    });
  }
  connectCamera([$("camera"), $("camera-again")], (file) => take([file]), (text) => complain(text, "wall"));
  addEventListener("paste", ({ clipboardData }) => take([...(clipboardData?.files ?? [])]));

  for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => landing(event, true));
  addEventListener("dragleave", (event) => event.relatedTarget || landing(event, false));
  addEventListener("drop", (event) => {
    landing(event, false);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

function landing(event, over) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form.querySelector(".landing").hidden = !over;
}
