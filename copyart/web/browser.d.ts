// Adds to TypeScript's own declarations, for the type check of the page's scripts. Browsers never load this file.

interface Navigator {
  /** Memory of the device in gigabytes; Chromium only. */
  readonly deviceMemory?: number;
  /** Chromium only. */
  readonly connection?: { readonly saveData: boolean };
  readonly gpu?: { requestAdapter(): Promise<{ isFallbackAdapter?: boolean; info?: { isFallbackAdapter?: boolean } } | null> };
}

// The template decides what an id or a selector finds. Its type is `any` here; a test checks that the ids exist.
interface Document {
  getElementById(id: string): any;
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
  readonly activeElement: any;
}
interface Element {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
  readonly firstElementChild: any;
  readonly lastElementChild: any;
}
interface Event {
  readonly target: any;
}
