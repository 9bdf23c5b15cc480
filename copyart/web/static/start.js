// Starts the page's scripts. If the browser returns altered pixels from a canvas, to prevent fingerprinting, the page
// remains a plain form and the server paints, because the browser would show noise instead of the painting.

import { pageData, pageText } from "./page_data.js";
import { canvasReturnsTruePixels } from "./photo_pixels.js";

if (pageData.server && !canvasReturnsTruePixels()) showPlainForm();
else await import("./page.js");

document.querySelector(".painting-form").dataset.awake = ""; // tells tests that the page now responds

function showPlainForm() {
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: new URL("plain.css", import.meta.url).href });
  document.head.append(sheet);
  const painter = document.getElementById("painter");
  painter.classList.remove("scripted");
  painter.textContent = `${pageText("on_server")} ${pageText("why_canvas")}`;
}
