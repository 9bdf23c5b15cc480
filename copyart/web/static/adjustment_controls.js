// The sliders: how much of the painting shows, whose colours, a second style, the size of the brush.

import { defaultBrush } from "./large_strokes.js";
import { canMix, mixStyles, styleBySlug } from "./mixture.js";
import { formatNumber, pageData, pageText } from "./page_data.js";

const $ = (id) => document.getElementById(id);
const [strength, preserve, second, share, brush] = ["strength", "preserve", "second", "share-of-second", "brush"].map($);
const BRUSH_STEP = Number(brush.step);

let cardStyle = null; // the style of the card
let mixable = true; // whether this browser paints
let defaultSize = 1; // the size of the brush that the photo asks for

/** Return how the painting is blended with the photo. */
export function blendSettings() {
  return { strength: Number(strength.value), preserve: preserve.checked };
}

/** Return a style as it is to be painted: alone, or mixed with the second one. */
export function withSecondStyle(style) {
  const other = style === cardStyle && styleBySlug(second.value);
  return other ? mixStyles(style, other, Number(share.value)) : style;
}

/** Return the size of the brush, or null where it is the usual one. */
export function chosenBrush() {
  return brush.value === brush.dataset.usual ? null : Number(brush.value);
}

/** Return how many pixels a painting has in which the large strokes are as learnt. */
export function coarsePixels({ width, height }) {
  return (width * height) / (chosenBrush() ?? defaultSize) ** 2;
}

/** Set the brush to what a photo of a size asks for. */
export function setBrushForPhoto({ width, height }) {
  defaultSize = defaultBrush(width, height);
  brush.max = Math.max(2, Math.floor(Math.min(8, Math.min(width, height) / 64)));
  brush.value = Math.round(defaultSize / BRUSH_STEP) * BRUSH_STEP;
  brush.dataset.usual = brush.value;
  showValues();
}

/** Offer what can be mixed with a style, which is painted alone at first; none where the server paints. */
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
 * Call back when something is adjusted: `blended` with what only blends, `painted` with what is painted anew, and both
 * with whether the hand has let go.
 */
export function connectAdjustments({ blended, painted }) {
  for (const [controls, changed] of [[[strength, preserve], blended], [[second, share, brush], painted]]) {
    for (const control of controls) {
      control.addEventListener("input", () => {
        showValues();
        changed(false);
      });
      // A slider that is let go where it was taken tells of no change.
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
