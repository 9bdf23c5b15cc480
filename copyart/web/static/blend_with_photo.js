// Blends a painting with its photo, and keeps the photo's colours if asked to, as `Painter.paint` does.

/** Return a blend of a photo and a painting, ImageData of one size. `strength` 0 gives the photo, 1 the painting. */
export function blendPhotoAndPainting(photo, painting, strength, preserve) {
  const result = new ImageData(photo.width, photo.height);
  const [from, out] = [photo.data, result.data];
  const to = preserve ? takePhotoColours(from, painting.data) : painting.data;
  for (let at = 0; at < out.length; at += 4) {
    for (let channel = at; channel < at + 3; channel++) {
      out[channel] = Math.trunc(from[channel] + strength * (to[channel] - from[channel]));
    }
    out[at + 3] = from[at + 3];
  }
  return result;
}

// JPEG's YCbCr as Pillow computes it, with tables for -255 to 255. Entries are 64 × factor × value + 0.5, truncated.
const ZERO = 255;
const times = (factor) => Int32Array.from({ length: 511 }, (_, at) => Math.trunc(64 * factor * (at - ZERO) + 0.5));
const LIGHT = [0.299, 0.587, 0.114].map(times);
const BLUENESS = [-0.16874, -0.33126, 0.5].map(times);
const REDNESS = [0.5, -0.41869, -0.08131].map(times);
const [RED, GREEN_BLUE, GREEN_RED, BLUE] = [1.402, -0.34414, -0.71414, 1.772].map(times);

const sumOfTables = (tables, red, green, blue) =>
  (tables[0][ZERO + red] + tables[1][ZERO + green] + tables[2][ZERO + blue]) >> 6;

/** Return pixels with the photo's colours and the painting's brightness. */
function takePhotoColours(from, to) {
  const result = new Uint8ClampedArray(from.length);
  for (let at = 0; at < from.length; at += 4) {
    const light = sumOfTables(LIGHT, to[at], to[at + 1], to[at + 2]);
    const toBlue = sumOfTables(BLUENESS, from[at], from[at + 1], from[at + 2]) + ZERO;
    const toRed = sumOfTables(REDNESS, from[at], from[at + 1], from[at + 2]) + ZERO;
    result[at] = light + (RED[toRed] >> 6);
    result[at + 1] = light + ((GREEN_BLUE[toBlue] + GREEN_RED[toRed]) >> 6);
    result[at + 2] = light + (BLUE[toBlue] >> 6);
  }
  return result;
}
