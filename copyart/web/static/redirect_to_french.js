// Go to the French page if the visitor prefers French to English, on a static host, which cannot read that preference.
// The link to the English page adds `?stay`: the visitor has chosen English.

const french = document.currentScript.dataset.french;
const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => tag === "fr" || tag === "en");
if (wanted === "fr" && !location.search.includes("stay")) location.replace(french);
