// Two styles mixed: their weights are averaged in the worker.

import { pageData, pageText } from "./page_data.js";

/** Return a style that is mixed with another; `share` is that of the other, from 0 to 1. */
export function mixStyles(one, other, share) {
  return {
    ...one,
    slug: `${one.slug}-${other.slug}`,
    manner: pageText("mixed_manner", { first: one.manner, second: withoutOpening(other.manner) }),
    parts: [
      { weights: one.weights, share: 1 - share },
      { weights: other.weights, share },
    ],
  };
}

/** Return "Katsushika Hokusai" for "in the style of Katsushika Hokusai", which is said once for both. */
function withoutOpening(manner) {
  const opening = pageText("manner_opening");
  return manner.startsWith(opening) ? manner.slice(opening.length) : manner;
}

/** Tell whether a style can be mixed with another, as far as that can be told without their weights. */
export function canMix(one, other) {
  const plain = one.weights && other.weights && !one.parts;
  return one.slug !== other.slug && Boolean(plain) && one.generator.address === other.generator.address;
}

/** Return the style of a slug, or undefined. */
export function styleBySlug(slug) {
  return pageData.styles.find((style) => style.slug === slug);
}
