// The data in the page: its words, the styles, and who can paint. And how texts and numbers are written.

export const pageData = JSON.parse(document.getElementById("page-data").textContent);

/** Return a text of the page in its language, with what stands in braces filled in. */
export function pageText(name, values = {}) {
  return pageData.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** Return a number as the page's language writes it. */
export function formatNumber(value, digits = 0) {
  const form = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(pageData.language, form).format(value);
}

/** What went wrong, as the visitor is told: `code` is a word of the page without its "problem_". */
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
