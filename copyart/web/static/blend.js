// How much of the painting shows, and whose colours: the arithmetic of Copyart's `Painter.paint`.

/** Blend two ImageData of one size; strength is 0 for the photo, 1 for the painting. Returns a third. */
export function blended(photo, painting, strength, preserve) {
  const result = new ImageData(photo.width, photo.height);
  const [from, to, out] = [photo.data, painting.data, result.data];
  for (let at = 0; at < out.length; at += 4) {
    let [red, green, blue] = [to[at], to[at + 1], to[at + 2]];
    if (preserve) [red, green, blue] = relit(from[at], from[at + 1], from[at + 2], luminance(red, green, blue));
    out[at] = Math.trunc(from[at] + strength * (red - from[at]));
    out[at + 1] = Math.trunc(from[at + 1] + strength * (green - from[at + 1]));
    out[at + 2] = Math.trunc(from[at + 2] + strength * (blue - from[at + 2]));
    out[at + 3] = from[at + 3];
  }
  return result;
}

// JPEG's YCbCr, as Pillow reckons it: in 64ths, looked up for -255 to 255, and cut to whole numbers.
const ZERO = 255;
const times = (factor) => Int32Array.from({ length: 511 }, (_, at) => Math.floor(64 * factor * (at - ZERO) + 0.5));
const LIGHT = [0.299, 0.587, 0.114].map(times);
const BLUENESS = [-0.168736, -0.331264, 0.5].map(times);
const REDNESS = [0.5, -0.418688, -0.081312].map(times);
const [RED, GREEN_BLUE, GREEN_RED, BLUE] = [1.402, -0.344136, -0.714136, 1.772].map(times);

const mixed = (tables, red, green, blue) =>
  (tables[0][ZERO + red] + tables[1][ZERO + green] + tables[2][ZERO + blue]) >> 6;

function luminance(red, green, blue) {
  return mixed(LIGHT, red, green, blue);
}

/** Return a colour of the photo at another luminance. */
function relit(red, green, blue, light) {
  const [toBlue, toRed] = [mixed(BLUENESS, red, green, blue) + ZERO, mixed(REDNESS, red, green, blue) + ZERO];
  const middle = (GREEN_BLUE[toBlue] + GREEN_RED[toRed]) >> 6;
  return [light + (RED[toRed] >> 6), light + middle, light + (BLUE[toBlue] >> 6)].map(byte);
}

function byte(value) {
  return Math.min(255, Math.max(0, value));
}
