// What hangs in the frame: the photo, the painting, and the divider between them.

import { blended } from "./blend.js";
import { connectLooking, cutOf, fit } from "./looking.js";
import { Problem, say } from "./page_data.js";

const compared = document.querySelector(".compared");
const [painting, original] = [document.getElementById("painting"), document.getElementById("original")];
const split = document.getElementById("split");
const sides = document.querySelectorAll(".side");

const SWEEP = 1200; // milliseconds that the divider takes by itself
const NAMED = 20; // hundredths of the picture that a side needs for its name
const LIVE = 1e6; // pixels up to which a painting follows the sliders whole

let unveiling = 0; // the next step of what moves the divider by itself
let resting = 0; // where the divider comes to rest: at first, all of the painting is seen
let small = null; // the photo and the painting that hang, reduced, for what follows a slider

split.addEventListener("input", () => {
  halt();
  resting = Number(split.value);
  divide(resting);
});
connectLooking(() => divide(split.value));

/** Hang a photo alone. */
export function hangPhoto(photo, pixels) {
  drawPhoto(pixels);
  original.setAttribute("aria-label", say("your_photo", photo));
  compared.hidden = false;
  document.getElementById("looking").hidden = false;
  fit();
  showPhoto();
}

function drawPhoto(pixels) {
  for (const canvas of [original, painting]) Object.assign(canvas, { width: pixels.width, height: pixels.height });
  original.getContext("2d").putImageData(pixels, 0, 0);
}

/** Hang a painting beside its photo, both ImageData of one size. */
export function hangPainting({ photo, painting: pixels }, manner, look) {
  if (original.width !== photo.width || original.height !== photo.height) drawPhoto(photo);
  hangBlended({ photo, painting: pixels }, look);
  painting.setAttribute("aria-label", say("painting_alt", { manner }));
  painting.removeAttribute("aria-hidden");
  divided(true);
  if (!unveiling) divide(resting);
}

/** Show what sliders do, at once: large paintings at a reduced size, until `hangPainting`. */
export function hangPreview(painted, look) {
  if (painted.photo.width * painted.photo.height <= LIVE) return hangBlended(painted, look);
  if (small?.of !== painted) small = { of: painted, photo: reduced(painted.photo), painting: reduced(painted.painting) };
  stretch(canvasOf(blended(small.photo, small.painting, look.strength, look.preserve)));
}

/** Hang a small painting, as ImageData or as a canvas, stretched over the photo; it hangs until a better one comes. */
export function hangCoarse(coarse, width = original.width, height = original.height) {
  Object.assign(painting, { width, height });
  stretch(coarse instanceof ImageData ? canvasOf(coarse) : coarse);
}

function hangBlended({ photo, painting: pixels }, { strength, preserve }) {
  painting.getContext("2d").putImageData(blended(photo, pixels, strength, preserve), 0, 0);
}

function reduced(pixels) {
  const scale = Math.sqrt(LIVE / (pixels.width * pixels.height));
  const [width, height] = [Math.round(pixels.width * scale), Math.round(pixels.height * scale)];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvasOf(pixels), 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function canvasOf(pixels) {
  const canvas = Object.assign(document.createElement("canvas"), { width: pixels.width, height: pixels.height });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

function stretch(canvas) {
  const context = painting.getContext("2d");
  context.clearRect(0, 0, painting.width, painting.height);
  context.drawImage(canvas, 0, 0, painting.width, painting.height);
}

/** Hang a strip of the painting, RGBA, over the coarse one. */
export function hangStrip(rows, top) {
  painting.getContext("2d").putImageData(new ImageData(rows, painting.width), 0, top);
}

/** Bring the frame into view, and the chosen card where the cards are one row. */
export function showFrame() {
  document.querySelector(".artist:has(:checked)")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelector(".frame").scrollIntoView({ block: "nearest" });
}

/** Show the photo again, alone: where a painting was begun, or is about to be. */
export function showPhoto() {
  halt();
  painting.removeAttribute("aria-label");
  painting.setAttribute("aria-hidden", "true");
  divided(false);
  divide(100);
}

/**
 * Return `tell`, which shows what there is of a painting, so that the divider sweeps over the photo as soon as something
 * can be seen; `seen` says that it can already.
 */
export function revealing(tell, seen) {
  return (what) => {
    if (what.rows !== null) tell(what);
    if (seen || !("coarse" in what || "rows" in what)) return;
    seen = true;
    unveil();
  };
}

/** Draw the divider over the whole picture, from the right, so that the painting appears. */
function unveil() {
  halt();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return divide(resting);
  const start = performance.now();
  const step = (now) => {
    const part = Math.min(1, (now - start) / SWEEP);
    divide(100 - (100 - resting) * (1 - (1 - part) ** 3));
    unveiling = part < 1 ? requestAnimationFrame(step) : 0;
  };
  unveiling = requestAnimationFrame(step);
}

function halt() {
  cancelAnimationFrame(unveiling);
  unveiling = 0;
}

function divided(shown) {
  split.hidden = !shown;
  label(split.value);
}

/** Name the sides of the divider, where there is something of them to see. */
function label(place) {
  const [before, after] = sides;
  before.hidden = split.hidden || place < NAMED;
  after.hidden = split.hidden || place > 100 - NAMED;
}

function divide(place) {
  split.value = place;
  label(place);
  split.setAttribute("aria-valuetext", say("compare_value", { percent: 100 - split.value }));
  compared.style.setProperty("--split", 100 * cutOf(place / 100));
}

/** Return the painting as it hangs, as a file of a type. */
export function asFile(type) {
  return written(painting, type);
}

/** Return ImageData as a file of a type. */
export function fileOf(pixels, type) {
  return written(canvasOf(pixels), type);
}

async function written(canvas, type) {
  const source = type === "image/jpeg" ? onWhite(canvas) : canvas; // JPEG has no transparency, and would show black
  const file = await new Promise((resolve) => source.toBlob(resolve, type, 0.95));
  if (!file) throw new Problem("no-memory");
  return file;
}

function onWhite(canvas) {
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return copy;
}
