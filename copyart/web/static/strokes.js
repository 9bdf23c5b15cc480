// Strokes that can be seen in a photo of any size: copyart/painting/strokes.py, number for number.

import { bicubic, lanczos, mean, meansOf, resized } from "./resize.js";

const SEEN_AT = 512; // side of the picture in which strokes are seen that are as large as those learnt
const WORTH = 1.5; // how much too small they must be to be painted larger
const SMALLEST = 64; // least side of the small painting

/** Return the size at which a photo is painted for its large strokes, or null where those learnt are large enough. */
export function coarseSize(width, height) {
  const wanted = Math.sqrt(width * height) / SEEN_AT;
  const scale = Math.min(wanted >= WORTH ? wanted : 1, Math.min(width, height) / SMALLEST);
  return scale > 1 ? [halfToEven(width / scale), halfToEven(height / scale)] : null;
}

/** Reduce a photo for it; pictures are { data, width, height } with RGB of 8 bits. */
export function reduced(picture, width, height) {
  return resized(picture, width, height, lanczos, Uint8ClampedArray);
}

/** Give a painting, in place, the large strokes of a smaller one; it keeps its fine ones. */
export function addLargeStrokes(painting, coarse) {
  const narrow = within(resized(painting, coarse.width, painting.height, lanczos, Float32Array));
  const own = within(resized(narrow, coarse.width, coarse.height, lanczos, Float32Array));
  const change = { ...coarse, data: Float32Array.from(coarse.data, (value, place) => value - own.data[place]) };
  const columns = painting.width * 3;
  const wide = resized(change, painting.width, coarse.height, bicubic, Float32Array).data;
  const row = new Float32Array(columns); // row by row: the whole change would be four times as large as the painting
  for (const [number, { first, weights }] of meansOf(coarse.height, painting.height, bicubic).entries()) {
    mean(wide, first * columns, columns, weights, row, 0, columns);
    const start = number * columns;
    for (let at = 0; at < columns; at++) {
      painting.data[start + at] = Math.max(0, Math.min(255, Math.round(painting.data[start + at] + row[at])));
    }
  }
}

/** End a picture of floats, in place, at black and white, as it does where bytes are reduced. */
function within(picture) {
  picture.data.forEach((value, place) => (picture.data[place] = Math.max(0, Math.min(255, value))));
  return picture;
}

/** Round as Python does. */
function halfToEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 ? below + 1 : below;
}
