// What hangs in the frame: the photo, the painting, and the divider between them.

import { blended } from "./blend.js";
import { Problem, say } from "./page_data.js";

const compared = document.querySelector(".compared");
const [painting, original] = [document.getElementById("painting"), document.getElementById("original")];
const split = document.getElementById("split");
const sides = document.querySelectorAll(".side");

let unveiling = 0; // the next step of what moves the divider by itself

split.addEventListener("input", () => {
  cancelAnimationFrame(unveiling);
  divide(split.value);
});

/** Hang a photo alone. */
export function hangPhoto(photo, pixels) {
  cancelAnimationFrame(unveiling);
  for (const canvas of [original, painting]) Object.assign(canvas, { width: pixels.width, height: pixels.height });
  original.getContext("2d").putImageData(pixels, 0, 0);
  original.setAttribute("aria-label", say("your_photo", photo));
  painting.removeAttribute("aria-label");
  painting.setAttribute("aria-hidden", "true");
  compared.hidden = false;
  divided(false);
  divide(100);
}

/** Hang a painting beside its photo, both ImageData of one size. */
export function hangPainting({ photo, painting: pixels }, manner, { strength, preserve }) {
  const turned = original.width !== photo.width || original.height !== photo.height;
  if (turned) {
    for (const canvas of [original, painting]) Object.assign(canvas, { width: photo.width, height: photo.height });
    original.getContext("2d").putImageData(photo, 0, 0);
  }
  painting.getContext("2d").putImageData(blended(photo, pixels, strength, preserve), 0, 0);
  painting.setAttribute("aria-label", say("painting_alt", { manner }));
  painting.removeAttribute("aria-hidden");
  divided(true);
}

/** Hang the small painting of a card, a canvas, stretched over the photo. */
export function hangSketch(sketch) {
  Object.assign(painting, { width: original.width, height: original.height });
  painting.getContext("2d").drawImage(sketch, 0, 0, painting.width, painting.height);
  divide(0);
}

/** Hang the coarse painting, ImageData, which comes first, at the size that the painting will have. */
export function hangCoarse(coarse, width, height) {
  const small = document.createElement("canvas");
  Object.assign(small, { width: coarse.width, height: coarse.height });
  small.getContext("2d").putImageData(coarse, 0, 0);
  Object.assign(painting, { width, height });
  painting.getContext("2d").drawImage(small, 0, 0, width, height);
  divide(0);
}

/** Hang a strip of the painting, RGBA, over the coarse one. */
export function hangStrip(rows, top) {
  painting.getContext("2d").putImageData(new ImageData(rows, painting.width), 0, top);
}

/** Show the photo again, alone: where a painting was begun, or is about to be. */
export function showPhoto() {
  cancelAnimationFrame(unveiling);
  painting.removeAttribute("aria-label");
  painting.setAttribute("aria-hidden", "true");
  divided(false);
  divide(100);
}

/** Draw the divider from the right to the middle, so that the painting appears. */
export function unveil() {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return divide(50);
  const start = performance.now();
  const step = (now) => {
    const part = Math.min(1, (now - start) / 900);
    divide(100 - 50 * (1 - (1 - part) ** 3));
    if (part < 1) unveiling = requestAnimationFrame(step);
  };
  unveiling = requestAnimationFrame(step);
}

function divided(shown) {
  split.hidden = !shown;
  for (const side of sides) side.hidden = !shown;
}

function divide(place) {
  split.value = place;
  split.setAttribute("aria-valuetext", say("compare_value", { percent: 100 - split.value }));
  compared.style.setProperty("--split", place);
}

/** Return the painting as it hangs, as a file of a type. */
export function asFile(type) {
  return written(painting, type);
}

/** Return ImageData as a file of a type. */
export function fileOf(pixels, type) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: pixels.width, height: pixels.height });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return written(canvas, type);
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
