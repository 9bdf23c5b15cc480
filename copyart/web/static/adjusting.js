// The sliders: how much of the painting shows, whose colours, a second style, the size of the brush.

import { canMix, mixtureOf, styleOf } from "./mixture.js";
import { known, number, say } from "./page_data.js";
import { usualBrush } from "./strokes.js";

const $ = (id) => document.getElementById(id);
const [strength, preserve, second, share, brush] = ["strength", "preserve", "second", "share-of-second", "brush"].map($);
const STEP = Number(brush.step);

let first = null; // the style of the card
let mixable = true; // whether this browser paints
let usual = 1; // the size of the brush that the photo asks for

/** Return how the painting is blended with the photo. */
export function blending() {
  return { strength: Number(strength.value), preserve: preserve.checked };
}

/** Return a style as it is to be painted: alone, or mixed with the second one. */
export function mixedWith(style) {
  const other = style === first && styleOf(second.value);
  return other ? mixtureOf(style, other, Number(share.value)) : style;
}

/** Return the size of the brush, or null where it is the usual one. */
export function brushSize() {
  return brush.value === brush.dataset.usual ? null : Number(brush.value);
}

/** Return how many pixels a painting has in which the large strokes are as learnt. */
export function coarsePixels({ width, height }) {
  return (width * height) / (brushSize() ?? usual) ** 2;
}

/** Set the brush to what a photo of a size asks for. */
export function adjustTo({ width, height }) {
  usual = usualBrush(width, height);
  brush.max = Math.max(2, Math.floor(Math.min(8, Math.min(width, height) / 64)));
  brush.value = Math.round(usual / STEP) * STEP;
  brush.dataset.usual = brush.value;
  tell();
}

/** Offer what can be mixed with a style, which is painted alone at first; none where the server paints. */
export function offerFor(style, here) {
  if (style === first && here === mixable) return;
  [first, mixable] = [style, here];
  const others = here ? known.styles.filter((other) => canMix(style, other)) : [];
  second.replaceChildren(second.options[0], ...others.map(({ slug, name }) => new Option(name, slug)));
  second.value = "";
  $("mixing").hidden = !others.length;
  $("brushing").hidden = !here;
  tell();
}

/**
 * Call back when something is adjusted: `blended` with what only blends, `painted` with what is painted anew, and both
 * with whether the hand has let go.
 */
export function connectAdjusting({ blended, painted }) {
  for (const [controls, changed] of [[[strength, preserve], blended], [[second, share, brush], painted]]) {
    for (const control of controls) {
      control.addEventListener("input", () => {
        tell();
        changed(false);
      });
      // A slider that is let go where it was taken tells of no change.
      for (const kind of ["change", "pointerup"]) control.addEventListener(kind, () => changed(true));
    }
  }
  tell();
}

function tell() {
  $("sharing").hidden = !second.value;
  write(strength, $("strength-value"), `${number(100 * strength.value)} %`);
  write(share, $("share-value"), `${number(100 * share.value)} %`);
  const size = number(brush.value, brush.value % 1 ? 1 : 0);
  write(brush, $("brush-value"), say(brushSize() === null ? "brush_usual" : "brush_value", { size }));
}

function write(slider, output, text) {
  output.textContent = text;
  slider.setAttribute("aria-valuetext", text);
}
