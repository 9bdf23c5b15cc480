// The messages of the page: the progress of a painting, problems, notes, and the offer to paint on the server.

import { formatNumber, pageData, pageText } from "./page_data.js";
import { sizeWithin } from "./photo_pixels.js";

const MEGA = 1e6;
const $ = (id) => document.getElementById(id);

let lastAnnounced = ""; // the last step that was announced: not every step is

/**
 * Show the progress of a painting.
 * @param {{ phase: string, share?: number, done?: number, total?: number, place?: number }} what
 */
export function showProgress({ phase, share, done, total, place }) {
  const words = {
    fetching: () => pageText("fetching", { done: formatNumber(done / MEGA, 1), total: formatNumber(total / MEGA, 1) }),
    sending: () => pageText("sending", { percent: formatNumber(100 * share) }),
    painting: () => pageText("painting", { percent: formatNumber(100 * share) }),
    several: () => pageText("painting_several", { place, total, percent: formatNumber(100 * share) }),
    waiting: () => (place ? pageText("waiting_place", { place: formatNumber(place) }) : pageText("waiting")),
  };
  const text = words[phase]?.() ?? pageText(phase);
  const part = share ?? (phase === "fetching" ? done / total : null);
  if (part === null) $("progress").removeAttribute("value");
  else $("progress").value = part;
  $("status").textContent = text;
  const quarter = `${phase} ${place} ${Math.floor(4 * (part ?? 0))}`;
  if (lastAnnounced !== quarter) announce(text);
  lastAnnounced = quarter;
}

/** Make screen readers say a text. */
export function announce(text) {
  $("said").textContent = text;
}

/** Show a problem close to its cause: below the picture ("picture-column") or beside the buttons ("action"). */
export function showProblem(text, place = "action") {
  document.querySelector(`.${place}`).append($("problem"));
  $("problem").textContent = text;
  $("problem").hidden = false;
  $("problem").scrollIntoView({ block: "nearest" });
}

/** Show a note about the painting. */
export function showNote(text) {
  $("note").firstElementChild.textContent = text;
  $("note").hidden = false;
}

/** Offer to send the photo to the server. */
export function showServerOffer(text) {
  $("use-server").textContent = text;
  $("use-server").hidden = false;
}

/** If a painting is smaller than its photo, show its size, and offer the server if that would paint a larger one. */
export function noteReducedSize({ inBrowser, photo: painted }, photo, offers) {
  const { width, height } = painted;
  if (width * height >= photo.width * photo.height) return;
  const sizes = { width, height, full_width: photo.width, full_height: photo.height };
  showNote(pageText(inBrowser ? "reduced" : "server_reduced", formattedSizes(sizes)));
  const [widest, highest] = sizeWithin(photo.width, photo.height, pageData.server?.max_pixels ?? 0);
  const larger = inBrowser && offers && widest * highest > width * height;
  if (larger) showServerOffer(pageText("larger_on_server", formattedSizes({ width: widest, height: highest })));
}

function formattedSizes(sizes) {
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, formatNumber(size)]));
}

/** Hide the messages, and the buttons that were offered with them. */
export function clearMessages() {
  for (const id of ["problem", "note", "use-server", "paint"]) $(id).hidden = true;
}
