// The painters, in this browser and on the server, and the lines of the page that say which of them paints.

import { BrowserPainter, whyBrowserCannotPaint } from "./browser_painter.js";
import { pageData, pageText } from "./page_data.js";
import { selectedStyle } from "./page_state.js";
import { ServerPainter } from "./server_painter.js";
import { StyleCardPreviews } from "./style_card_previews.js";

const $ = (id) => document.getElementById(id);
const whyNot = whyBrowserCannotPaint();

/** The painter on the server; null on a static site. */
export const serverPainter = pageData.server ? new ServerPainter() : null;
/** The painter in this browser; null if it cannot paint. */
export const browserPainter = whyNot ? null : new BrowserPainter();
/** The painter of the previews on the cards; null if this browser cannot paint. */
export const cardPreviews = whyNot ? null : new StyleCardPreviews();

/** Return the painter that paints a style by default: this browser, else the server, else null. */
export function defaultPainter(style) {
  return browserPainter && (style ?? pageData.styles[0]).weights ? browserPainter : serverPainter;
}

/** Show who paints, below the cards and beside the button that chooses a photo; there a lock stands for the browser. */
export function showWhoPaints(painter = defaultPainter(selectedStyle())) {
  const text = whoPaintsText(painter, selectedStyle());
  for (const line of [$("painter"), $("promise").lastElementChild]) line.textContent = text;
  $("promise").firstElementChild.toggleAttribute("hidden", !painter?.inBrowser);
}

/** Return the sentence that says who paints, and why the browser does not. */
export function whoPaintsText(painter, style) {
  if (painter?.inBrowser) return pageText("in_browser");
  const why = whyNot ?? ((style ?? pageData.styles[0]).weights ? null : "why_style");
  return [painter ? "on_server" : "nobody", why].filter(Boolean).map((name) => pageText(name)).join(" ");
}
