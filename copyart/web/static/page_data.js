// Reads the data in the page (its texts, the styles, and who can paint), and formats texts and numbers.

export const pageData = JSON.parse(document.getElementById("page-data").textContent);

/** Return a text in the page's language. Names in braces are replaced by their `values`. */
export function pageText(name, values = {}) {
  return pageData.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** Return a number as it is written in the page's language. */
export function formatNumber(value, digits = 0) {
  const form = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(pageData.language, form).format(value);
}

/** An error that is shown to the visitor. Its text is the page text with the name "problem_" + `code`. */
export class Problem extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }

  get text() {
    const name = `problem_${this.code}` in pageData.words ? `problem_${this.code}` : "problem_broken";
    return pageText(name, { seconds: 30, ...this.values });
  }
}
