// Mixes two styles: the worker averages their weights.

import { pageData, pageText } from "./page_data.js";

/** Return a mixture of two styles. `share` is the share of the second one, from 0 to 1. */
export function mixStyles(one, other, share) {
  return {
    ...one,
    slug: `${one.slug}-${other.slug}`,
    manner: pageText("mixed_manner", { first: one.manner, second: withoutStylePrefix(other.manner) }),
    parts: [
      { weights: one.weights, share: 1 - share },
      { weights: other.weights, share },
    ],
  };
}

/** Return a phrase without its opening "in the style of", which is said only once for a mixture. */
function withoutStylePrefix(manner) {
  const opening = pageText("manner_opening");
  return manner.startsWith(opening) ? manner.slice(opening.length) : manner;
}

/** Tell whether a style can be mixed with another, as far as can be known before their weights are fetched. */
export function canMix(one, other) {
  const plain = one.weights && other.weights && !one.parts;
  return one.slug !== other.slug && Boolean(plain) && one.generator.address === other.generator.address;
}

/** Return the style with a slug, or undefined. */
export function styleBySlug(slug) {
  return pageData.styles.find((style) => style.slug === slug);
}
