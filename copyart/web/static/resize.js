// Resizes pictures as Pillow does: each new pixel is a weighted mean, first along rows, then along columns.

/** Lanczos' windowed sinc over 3 pixels, to reduce pictures. */
export const lanczos = { reach: 3, weight: (x) => (x > -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) };

/** Keys' cubic with a slope of -0.5 over 2 pixels, to enlarge pictures. */
export const bicubic = {
  reach: 2,
  weight(x) {
    const at = Math.abs(x);
    if (at < 1) return (1.5 * at - 2.5) * at * at + 1;
    return at < 2 ? ((-0.5 * at + 2.5) * at - 4) * at + 2 : 0;
  },
};

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Resize a picture, { data, width, height } with three values per pixel. The result's data have the type `Kind`. */
export function resizePicture({ data, width, height }, columns, rows, filter, Kind) {
  const across = new Kind(columns * height * 3);
  for (const [column, { first, weights }] of resamplingWeights(width, columns, filter).entries()) {
    for (let row = 0; row < height; row++) {
      weightedMeans(data, (row * width + first) * 3, 3, weights, across, (row * columns + column) * 3, 3);
    }
  }
  const result = new Kind(columns * rows * 3);
  for (const [row, { first, weights }] of resamplingWeights(height, rows, filter).entries()) {
    weightedMeans(across, first * columns * 3, columns * 3, weights, result, row * columns * 3, columns * 3);
  }
  return { data: result, width: columns, height: rows };
}

/** Write `count` weighted means of values that lie `step` apart into `result`, from place `to` on. */
export function weightedMeans(data, from, step, weights, result, to, count) {
  for (let place = 0; place < count; place++) {
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap++) sum += weights[tap] * data[from + place + tap * step];
    result[to + place] = sum;
  }
}

/** Return, for each new place along a side, the first old place that it depends on, and the weights from there on. */
export function resamplingWeights(side, places, { reach, weight }) {
  const scale = side / places;
  const widened = Math.max(scale, 1); // a reduced pixel is the mean of all pixels that fall into it
  return Array.from({ length: places }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach * widened + 0.5));
    const last = Math.min(side, Math.trunc(centre + reach * widened + 0.5));
    const weights = Array.from({ length: last - first }, (_, tap) => weight((first + tap - centre + 0.5) / widened));
    const sum = weights.reduce((one, other) => one + other, 0);
    return { first, weights: Float64Array.from(weights, (value) => value / sum) };
  });
}
