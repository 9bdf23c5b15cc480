// What TypeScript's own declarations do not know, for the type check of the page's scripts. Nothing of it is shipped.

interface Navigator {
  /** Gigabytes; Chromium only. */
  readonly deviceMemory?: number;
  /** Chromium only. */
  readonly connection?: { readonly saveData: boolean };
  readonly gpu?: { requestAdapter(): Promise<{ isFallbackAdapter?: boolean; info?: { isFallbackAdapter?: boolean } } | null> };
}

// Which element an id or a selector finds stands in the template, where a test looks; here it may be any.
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
