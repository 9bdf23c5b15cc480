// Shows the painting over the photo, with a divider between them.

import { blendPhotoAndPainting } from "./blend_with_photo.js";
import { canvasAsFile, pixelsToCanvas } from "./image_files.js";
import { pageText } from "./page_data.js";
import { dividerInPicture, onPictureMoved, zoomToFit } from "./zoom.js";

const comparison = document.querySelector(".comparison");
const [painting, original] = [document.getElementById("painting"), document.getElementById("original")];
const split = document.getElementById("split");
const sideLabels = document.querySelectorAll(".side");

const SWEEP_MILLISECONDS = 1200; // how long the divider sweeps over the picture
const [LEAST_SIDE, MAX_ENLARGEMENT] = [480, 3]; // longer side to which photos are enlarged; largest factor
const LABEL_SHARE = 20; // percent of the picture's width that a side needs for its label
const PREVIEW_PIXELS = 1e6; // larger paintings are reduced to this while they follow the sliders

let sweepFrame = 0; // id of the next animation frame of the sweep, else 0
let dividerPlace = 0; // where the divider rests, in percent; at 0, the whole painting is visible
let reducedPair = null; // reduced copies of the shown photo and painting, for `showBlendPreview`

split.addEventListener("input", () => {
  stopSweep();
  dividerPlace = Number(split.value);
  placeDivider(dividerPlace);
});
onPictureMoved(() => placeDivider(split.value));

/** Show a new photo, without a painting. */
export function setPhoto(photo, pixels) {
  drawPhoto(pixels);
  comparison.style.setProperty("--shown-width", `${pixels.width * photoEnlargement(pixels)}px`);
  comparison.style.setProperty("--ratio", pixels.width / pixels.height);
  original.setAttribute("aria-label", pageText("your_photo", photo));
  comparison.hidden = false;
  document.getElementById("view-buttons").hidden = false;
  zoomToFit();
  hidePainting();
}

/** Return the factor by which a photo is enlarged on the page, because a small photo would look lost in the frame. */
function photoEnlargement({ width, height }) {
  return Math.min(MAX_ENLARGEMENT, Math.max(1, LEAST_SIDE / Math.max(width, height)));
}

function drawPhoto(pixels) {
  for (const canvas of [original, painting]) Object.assign(canvas, { width: pixels.width, height: pixels.height });
  original.getContext("2d").putImageData(pixels, 0, 0);
}

/** Show a painting over its photo, both ImageData of one size. */
export function showPainting({ photo, painting: pixels }, manner, look) {
  if (original.width !== photo.width || original.height !== photo.height) drawPhoto(photo);
  drawBlended({ photo, painting: pixels }, look);
  painting.setAttribute("aria-label", pageText("painting_alt", { manner }));
  painting.removeAttribute("aria-hidden");
  setDividerShown(true);
  if (!sweepFrame) placeDivider(dividerPlace);
}

/** Show how the sliders blend a painting. A large painting is shown reduced until `showPainting` is called. */
export function showBlendPreview(painted, look) {
  if (painted.photo.width * painted.photo.height <= PREVIEW_PIXELS) return drawBlended(painted, look);
  if (reducedPair?.of !== painted) {
    reducedPair = { of: painted, photo: reducedPixels(painted.photo), painting: reducedPixels(painted.painting) };
  }
  const pixels = blendPhotoAndPainting(reducedPair.photo, reducedPair.painting, look.strength, look.preserve);
  drawStretched(pixelsToCanvas(pixels));
}

/** Show a small painting, ImageData or a canvas, stretched over the photo, until a better one comes. */
export function showCoarsePainting(coarse, width = original.width, height = original.height) {
  Object.assign(painting, { width, height });
  drawStretched(coarse instanceof ImageData ? pixelsToCanvas(coarse) : coarse);
}

function drawBlended({ photo, painting: pixels }, { strength, preserve }) {
  painting.getContext("2d").putImageData(blendPhotoAndPainting(photo, pixels, strength, preserve), 0, 0);
}

function reducedPixels(pixels) {
  const scale = Math.sqrt(PREVIEW_PIXELS / (pixels.width * pixels.height));
  const [width, height] = [Math.round(pixels.width * scale), Math.round(pixels.height * scale)];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(pixelsToCanvas(pixels), 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function drawStretched(canvas) {
  const context = painting.getContext("2d");
  context.clearRect(0, 0, painting.width, painting.height);
  context.drawImage(canvas, 0, 0, painting.width, painting.height);
}

/** Show rows of the painting, RGBA, over the coarse one. */
export function showStrip(rows, top) {
  painting.getContext("2d").putImageData(new ImageData(rows, painting.width), 0, top);
}

/** Scroll to the picture, and to the chosen card if the cards are one row. */
export function scrollToPicture() {
  document.querySelector(".artist:has(:checked)")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelector(".frame").scrollIntoView({ block: "nearest" });
}

/** Show the photo alone: before it is painted, or after a painting was stopped. */
export function hidePainting() {
  stopSweep();
  painting.removeAttribute("aria-label");
  painting.setAttribute("aria-hidden", "true");
  setDividerShown(false);
  placeDivider(100);
}

/**
 * Return a function that passes steps of a painting to `showStep`. The first visible step makes the divider sweep over
 * the photo, unless `seen` is true because a painting is shown already.
 */
export function sweepOnceVisible(showStep, seen) {
  return (what) => {
    if (what.rows !== null) showStep(what);
    if (seen || !("coarse" in what || "rows" in what)) return;
    seen = true;
    sweepDivider();
  };
}

/** Move the divider over the whole picture, from the right, so that the painting appears. */
function sweepDivider() {
  stopSweep();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return placeDivider(dividerPlace);
  const start = performance.now();
  const step = (now) => {
    const part = Math.min(1, (now - start) / SWEEP_MILLISECONDS);
    placeDivider(100 - (100 - dividerPlace) * (1 - (1 - part) ** 3));
    sweepFrame = part < 1 ? requestAnimationFrame(step) : 0;
  };
  sweepFrame = requestAnimationFrame(step);
}

function stopSweep() {
  cancelAnimationFrame(sweepFrame);
  sweepFrame = 0;
}

function setDividerShown(shown) {
  split.hidden = !shown;
  updateSideLabels(split.value);
}

/** Show the labels of the divider's two sides, except on a side that is too narrow for its label. */
function updateSideLabels(place) {
  const [before, after] = sideLabels;
  before.hidden = split.hidden || place < LABEL_SHARE;
  after.hidden = split.hidden || place > 100 - LABEL_SHARE;
}

function placeDivider(place) {
  split.value = place;
  updateSideLabels(place);
  split.setAttribute("aria-valuetext", pageText("compare_value", { percent: 100 - split.value }));
  comparison.style.setProperty("--split", 100 * dividerInPicture(place / 100));
}

/** Return the painting as it is shown, blended, as a file of a MIME type. */
export function shownPaintingAsFile(type) {
  return canvasAsFile(painting, type);
}
