// Paints strokes that are visible in a photo of any size: computes the same numbers as copyart/painting/strokes.py.

import { bicubic, lanczos, resamplingWeights, resizePicture, weightedMeans } from "./resize.js";

const VISIBLE_SIDE = 512; // largest side of a square picture in which strokes of the trained size are visible
const MIN_SCALE = 1.5; // least scale at which strokes are enlarged by default
const MIN_COARSE_SIDE = 64; // least side of the small painting

/** Return the size at which strokes are visible in a photo, as a multiple of their size in training; at least 1. */
export function defaultBrush(width, height) {
  const wanted = Math.sqrt(width * height) / VISIBLE_SIDE;
  return wanted >= MIN_SCALE ? wanted : 1;
}

/**
 * Return the width and height of the small painting that gives the large strokes, or null if strokes of the trained
 * size are large enough. `brush` is the strokes' size as a multiple of that in training; null means `defaultBrush`.
 */
export function coarseSize(width, height, brush = null) {
  const scale = Math.min(brush ?? defaultBrush(width, height), Math.min(width, height) / MIN_COARSE_SIDE);
  return scale > 1 ? [roundHalfToEven(width / scale), roundHalfToEven(height / scale)] : null;
}

/** Return a photo reduced to the size of the small painting. Pictures are { data, width, height } with 8-bit RGB. */
export function reducePhoto(picture, width, height) {
  return resizePicture(picture, width, height, lanczos, Uint8ClampedArray);
}

/** Adds the large strokes of a small painting to a large one of the same photo, while that is painted from the top. */
export class LargeStrokes {
  #coarse;
  #columns; // values in a row of the painting
  #across; // resampling weights from the painting's columns to the coarse ones
  #down; // from the painting's rows to the coarse ones
  #back; // from the coarse columns to the painting's columns
  #up; // from the coarse rows to the painting's rows
  #narrow; // the painting at its own height and the coarse width
  #wide; // the changes at the coarse height and the painting's width
  #own; // one coarse row: of the reduced painting, then of the changes
  #row; // the changes to one row of the painting
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
   * Add the large strokes, in place, to the rows of a painting (RGB) for which enough rows have been `received`.
   * Return the first row that this call finished, and the row after the last one.
   */
  finishRows(painting, received) {
    const rows = this.#rows;
    const first = rows.finished;
    for (; rows.received < received; rows.received++) this.#receive(painting, rows.received);
    while (endOfSourceRows(this.#down[rows.changes]) <= rows.received) this.#change(rows.changes++);
    while (endOfSourceRows(this.#up[rows.finished]) <= rows.changes) this.#finishRow(painting, rows.finished++);
    return [first, rows.finished];
  }

  #receive(painting, row) {
    const columns = this.#coarse.width * 3;
    resampleRow(painting, row * this.#columns, this.#across, this.#narrow, row * columns);
    clampToBytes(this.#narrow, row * columns, columns);
  }

  /** Compute the changes in one coarse row: the small painting minus the reduced large painting. */
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

function endOfSourceRows(means) {
  return means ? means.first + means.weights.length : Infinity;
}

function resampleRow(data, from, means, result, to) {
  for (const [column, { first, weights }] of means.entries()) {
    weightedMeans(data, from + first * 3, 3, weights, result, to + column * 3, 3);
  }
}

/** Limit values, in place, to 0 to 255, as happens when a picture of bytes is reduced. */
function clampToBytes(data, from, count) {
  for (let at = from; at < from + count; at++) data[at] = Math.max(0, Math.min(255, data[at]));
}

/** Round as Python does: halves to the even number. */
function roundHalfToEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 ? below + 1 : below;
}
