// Strokes that can be seen in a photo of any size: copyart/painting/strokes.py, number for number.

import { bicubic, lanczos, resamplingWeights, resizePicture, weightedMeans } from "./resize.js";

const VISIBLE_SIDE = 512; // side of the picture in which strokes are seen that are as large as those learnt
const MIN_SCALE = 1.5; // how much too small they must be to be painted larger
const MIN_COARSE_SIDE = 64; // least side of the small painting

/** Return how large strokes must be to be seen in a photo, as a multiple of those learnt. */
export function defaultBrush(width, height) {
  const wanted = Math.sqrt(width * height) / VISIBLE_SIDE;
  return wanted >= MIN_SCALE ? wanted : 1;
}

/**
 * Return the size at which a photo is painted for its large strokes, or null where those learnt are large enough. The
 * brush is the size of the strokes, as a multiple of that learnt; without one they are as large as can be seen.
 */
export function coarseSize(width, height, brush = null) {
  const scale = Math.min(brush ?? defaultBrush(width, height), Math.min(width, height) / MIN_COARSE_SIDE);
  return scale > 1 ? [halfToEven(width / scale), halfToEven(height / scale)] : null;
}

/** Reduce a photo for it; pictures are { data, width, height } with RGB of 8 bits. */
export function reducePhoto(picture, width, height) {
  return resizePicture(picture, width, height, lanczos, Uint8ClampedArray);
}

/** Gives a painting the large strokes of a smaller one, while it is painted from the top; it keeps its fine ones. */
export class LargeStrokes {
  #coarse;
  #columns; // values in a row of the painting
  #across; // from the painting's columns to the coarse ones
  #down;
  #back; // from the coarse columns to the painting's
  #up;
  #narrow; // the painting, reduced across
  #wide; // what changes, enlarged across
  #own; // a row of the painting, reduced
  #row;
  #rows = { received: 0, changes: 0, finished: 0 };

  constructor(coarse, width, height) {
    this.#coarse = coarse;
    this.#columns = width * 3;
    this.#across = resamplingWeights(width, coarse.width, lanczos);
    this.#down = resamplingWeights(height, coarse.height, lanczos);
    this.#back = resamplingWeights(coarse.width, width, bicubic);
    this.#up = resamplingWeights(coarse.height, height, bicubic);
    this.#narrow = new Float32Array(coarse.width * 3 * height);
    this.#wide = new Float32Array(this.#columns * coarse.height);
    this.#own = new Float32Array(coarse.width * 3);
    this.#row = new Float32Array(this.#columns);
  }

  /**
   * Finish, in place, the rows of a painting (RGB) whose large strokes are known now that so many rows are painted.
   * Returns the first row that was finished, and the one after the last.
   */
  finishRows(painting, received) {
    const rows = this.#rows;
    const first = rows.finished;
    for (; rows.received < received; rows.received++) this.#receive(painting, rows.received);
    for (; endOfTaps(this.#down[rows.changes]) <= rows.received; rows.changes++) this.#change(rows.changes);
    for (; endOfTaps(this.#up[rows.finished]) <= rows.changes; rows.finished++) this.#finishRow(painting, rows.finished);
    return [first, rows.finished];
  }

  #receive(painting, row) {
    const columns = this.#coarse.width * 3;
    resampleRow(painting, row * this.#columns, this.#across, this.#narrow, row * columns);
    clampToBytes(this.#narrow, row * columns, columns);
  }

  /** Find what a coarse row changes: the coarse painting less the painting, as it is when it is reduced. */
  #change(row) {
    const columns = this.#coarse.width * 3;
    const { first, weights } = this.#down[row];
    weightedMeans(this.#narrow, first * columns, columns, weights, this.#own, 0, columns);
    clampToBytes(this.#own, 0, columns);
    const start = row * columns;
    for (let at = 0; at < columns; at++) this.#own[at] = this.#coarse.data[start + at] - this.#own[at];
    resampleRow(this.#own, 0, this.#back, this.#wide, row * this.#columns);
  }

  #finishRow(painting, row) {
    const { first, weights } = this.#up[row];
    weightedMeans(this.#wide, first * this.#columns, this.#columns, weights, this.#row, 0, this.#columns);
    const start = row * this.#columns;
    for (let at = 0; at < this.#columns; at++) {
      painting[start + at] = Math.max(0, Math.min(255, Math.round(painting[start + at] + this.#row[at])));
    }
  }
}

function endOfTaps(means) {
  return means ? means.first + means.weights.length : Infinity;
}

function resampleRow(data, from, means, result, to) {
  for (const [column, { first, weights }] of means.entries()) {
    weightedMeans(data, from + first * 3, 3, weights, result, to + column * 3, 3);
  }
}

/** End values, in place, at black and white, as it is done where bytes are reduced. */
function clampToBytes(data, from, count) {
  for (let at = from; at < from + count; at++) data[at] = Math.max(0, Math.min(255, data[at]));
}

/** Round as Python does. */
function halfToEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 ? below + 1 : below;
}
