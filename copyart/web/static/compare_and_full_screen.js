// Two buttons below the picture: show the photo for comparison, and fill the screen.

import { pageText } from "./page_data.js";
import { zoomToFit } from "./zoom.js";

const compared = document.querySelector(".comparison");

// Compare: the photo is shown as long as the button is held; a screen reader's click turns it on and off

const compareButton = document.getElementById("compare-button");
const showPhotoOnly = (shown) => {
  compared.toggleAttribute("data-held", shown);
  compareButton.setAttribute("aria-pressed", String(shown));
};
let pressedByHand = false; // the click that follows a press is ignored
compareButton.addEventListener("pointerdown", () => showPhotoOnly((pressedByHand = true)));
for (const kind of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) {
  compareButton.addEventListener(kind, () => showPhotoOnly(false));
}
compareButton.addEventListener("keydown", ({ key }) => {
  if (key === " " || key === "Enter") showPhotoOnly((pressedByHand = true));
});
compareButton.addEventListener("click", () => {
  if (!pressedByHand) showPhotoOnly(compareButton.getAttribute("aria-pressed") !== "true");
  pressedByHand = false;
});

// Full screen

const fullScreenButton = document.getElementById("full-screen");
fullScreenButton.hidden = !document.fullscreenEnabled;
fullScreenButton.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.querySelector(".frame").requestFullscreen().catch(() => {});
});
document.addEventListener("fullscreenchange", () => {
  const label = pageText(document.fullscreenElement ? "leave_full_screen" : "full_screen");
  fullScreenButton.ariaLabel = fullScreenButton.title = label;
  zoomToFit();
});
