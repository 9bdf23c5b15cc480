// Converts pixels and canvases to picture files, and pixels to a canvas.

import { Problem } from "./page_data.js";

const QUALITY = 0.95; // of JPEG and WebP

/** Return ImageData as a file of a MIME type, such as "image/png". */
export function pixelsAsFile(pixels, type) {
  return canvasAsFile(pixelsToCanvas(pixels), type);
}

/** Return a canvas as a file of a MIME type. */
export async function canvasAsFile(canvas, type) {
  const source = type === "image/jpeg" ? blendWithWhite(canvas) : canvas; // JPEG has no transparency and would show black
  const file = await new Promise((resolve) => source.toBlob(resolve, type, QUALITY));
  if (!file) throw new Problem("no-memory");
  return file;
}

/** Return a canvas with ImageData on it. */
export function pixelsToCanvas(pixels) {
  const canvas = Object.assign(document.createElement("canvas"), { width: pixels.width, height: pixels.height });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

function blendWithWhite(canvas) {
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return copy;
}
