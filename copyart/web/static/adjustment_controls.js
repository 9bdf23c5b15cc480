// The controls of a painting: its strength, the photo's colours, a second style and its share, the brush.

import { defaultBrush } from "./large_strokes.js";
import { canMix, mixStyles, styleBySlug } from "./mixture.js";
import { formatNumber, pageData, pageText } from "./page_data.js";

const $ = (id) => document.getElementById(id);
const [strength, preserve, second, share, brush] = ["strength", "preserve", "second", "share-of-second", "brush"].map($);
const BRUSH_STEP = Number(brush.step);

let cardStyle = null; // the style whose card is chosen
let mixable = true; // whether this browser paints
let defaultSize = 1; // the default size of the brush for the photo

/** Return how to blend the painting with the photo: { strength, preserve }, as in `blendPhotoAndPainting`. */
export function blendSettings() {
  return { strength: Number(strength.value), preserve: preserve.checked };
}

/** Return what to paint for a style: the style, or its mixture with the second style if one is chosen. */
export function mixWithSecondStyle(style) {
  const other = style === cardStyle && styleBySlug(second.value);
  return other ? mixStyles(style, other, Number(share.value)) : style;
}

/** Return the size of the brush, or null if it is the default for the photo. */
export function chosenBrush() {
  return brush.value === brush.dataset.usual ? null : Number(brush.value);
}

/** Return the number of pixels to paint so that strokes of the trained size look like the chosen brush. */
export function coarsePixelCount({ width, height }) {
  return (width * height) / (chosenBrush() ?? defaultSize) ** 2;
}

/** Set the brush to the default for a photo of this size. */
export function setBrushForPhoto({ width, height }) {
  defaultSize = defaultBrush(width, height);
  brush.max = Math.max(2, Math.floor(Math.min(8, Math.min(width, height) / 64)));
  brush.value = Math.round(defaultSize / BRUSH_STEP) * BRUSH_STEP;
  brush.dataset.usual = brush.value;
  showValues();
}

/** Offer the styles that can be mixed with a style, or none if the server paints. None of them is chosen at first. */
export function offerSecondStyles(style, inBrowser) {
  if (style === cardStyle && inBrowser === mixable) return;
  [cardStyle, mixable] = [style, inBrowser];
  const others = inBrowser ? pageData.styles.filter((other) => canMix(style, other)) : [];
  second.replaceChildren(second.options[0], ...others.map(({ slug, name }) => new Option(name, slug)));
  second.value = "";
  $("mixing").hidden = !others.length;
  $("brushing").hidden = !inBrowser;
  showValues();
}

/**
 * Call `blended` when a control changes that only affects blending, and `painted` when the photo must be painted again.
 * Their argument tells whether the control was released.
 */
export function connectAdjustments({ blended, painted }) {
  for (const [controls, changed] of [[[strength, preserve], blended], [[second, share, brush], painted]]) {
    for (const control of controls) {
      control.addEventListener("input", () => {
        showValues();
        changed(false);
      });
      // A slider that is released at the value at which it was grabbed fires no `change`.
      for (const kind of ["change", "pointerup"]) control.addEventListener(kind, () => changed(true));
    }
  }
  showValues();
}

function showValues() {
  $("sharing").hidden = !second.value;
  showValue(strength, $("strength-value"), `${formatNumber(100 * strength.value)} %`);
  showValue(share, $("share-value"), `${formatNumber(100 * share.value)} %`);
  const size = formatNumber(brush.value, brush.value % 1 ? 1 : 0);
  showValue(brush, $("brush-value"), pageText(chosenBrush() === null ? "brush_usual" : "brush_value", { size }));
}

function showValue(slider, output, text) {
  output.textContent = text;
  slider.setAttribute("aria-valuetext", text);
}
