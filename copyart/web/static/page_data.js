// What the page was told: its words, the artists, and who can paint.

export const known = JSON.parse(document.getElementById("known").textContent);

/** Return a text of the page in its language, with what stands in braces filled in. */
export function say(name, values = {}) {
  return known.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** Return a number as the page's language writes it. */
export function number(value, digits = 0) {
  const form = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(known.language, form).format(value);
}

/** What went wrong, as the visitor is told: `code` is a word of the page without its "problem_". */
export class Problem extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }

  get text() {
    const name = `problem_${this.code}` in known.words ? `problem_${this.code}` : "problem_broken";
    return say(name, { seconds: 30, ...this.values });
  }
}
