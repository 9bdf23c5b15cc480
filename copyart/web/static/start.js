// Wakes the page. Where the browser does not let pages read pictures back, it is left as the plain form that the server
// paints: what such a browser gives back is noise, which would be shown as the painting.

import { pageData, pageText } from "./page_data.js";
import { canvasReturnsTruePixels } from "./photo_pixels.js";

if (pageData.server && !canvasReturnsTruePixels()) showPlainForm();
else await import("./page.js");

document.querySelector(".painting-form").dataset.awake = ""; // for tests: from here on, the page answers

function showPlainForm() {
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: new URL("plain.css", import.meta.url).href });
  document.head.append(sheet);
  const painter = document.getElementById("painter");
  painter.classList.remove("scripted");
  painter.textContent = `${pageText("on_server")} ${pageText("why_canvas")}`;
}
