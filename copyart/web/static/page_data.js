// The data in the page: its texts, the styles, and who can paint. Formats texts and numbers.

export const pageData = JSON.parse(document.getElementById("page-data").textContent);

/** Return a text of the page in its language, with `values` in place of the names in braces. */
export function pageText(name, values = {}) {
  return pageData.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** Return a number as the page's language writes it. */
export function formatNumber(value, digits = 0) {
  const form = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(pageData.language, form).format(value);
}

/** An error that is shown to the visitor: `code` is the name of a text of the page without its "problem_". */
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
