// Wakes the page. Where the browser does not let pages read pictures back, it is left as the plain form that the server
// paints: what such a browser gives back is noise, which would hang in the frame.

import { known, say } from "./page_data.js";
import { canReadBack } from "./photo.js";

if (known.server && !canReadBack()) leavePlain();
else await import("./page.js");

document.querySelector(".painting-form").dataset.awake = ""; // for tests: from here on, the page answers

function leavePlain() {
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: new URL("plain.css", import.meta.url).href });
  document.head.append(sheet);
  const painter = document.getElementById("painter");
  painter.classList.remove("scripted");
  painter.textContent = `${say("on_server")} ${say("why_canvas")}`;
}
