// On a host that cannot ask for the visitor's languages: go to the French page where French comes before English.
// `?stay`, which the switch adds, is a choice, and choices are kept to.

const french = document.currentScript.dataset.french;
const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => tag === "fr" || tag === "en");
if (wanted === "fr" && !location.search.includes("stay")) location.replace(french);
