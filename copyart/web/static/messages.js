// What the page says besides its state: how far a painting is, what went wrong, what to know, what to do instead.

import { known, number, say } from "./page_data.js";
import { sizeWithin } from "./photo.js";

const MEGA = 1e6;
const $ = (id) => document.getElementById(id);

let told = ""; // the last that was said of how far it is: not every step is

/**
 * Tell how far a painting is.
 * @param {{ phase: string, share?: number, done?: number, total?: number, place?: number }} what
 */
export function tellProgress({ phase, share, done, total, place }) {
  const words = {
    fetching: () => say("fetching", { done: number(done / MEGA, 1), total: number(total / MEGA, 1) }),
    sending: () => say("sending", { percent: number(100 * share) }),
    painting: () => say("painting", { percent: number(100 * share) }),
    several: () => say("painting_several", { place, total, percent: number(100 * share) }),
    waiting: () => (place ? say("waiting_place", { place: number(place) }) : say("waiting")),
  };
  const text = words[phase]?.() ?? say(phase);
  const part = share ?? (phase === "fetching" ? done / total : null);
  if (part === null) $("progress").removeAttribute("value");
  else $("progress").value = part;
  $("status").textContent = text;
  const quarter = `${phase} ${place} ${Math.floor(4 * (part ?? 0))}`;
  if (told !== quarter) announce(text);
  told = quarter;
}

/** Say something to screen readers. */
export function announce(text) {
  $("said").textContent = text;
}

/** Say what went wrong, where the hand was: below the frame ("wall") or beside the buttons ("action"). */
export function complain(text, place = "action") {
  document.querySelector(`.${place}`).append($("problem"));
  $("problem").textContent = text;
  $("problem").hidden = false;
  $("problem").scrollIntoView({ block: "nearest" });
}

/** Say what is good to know of the painting. */
export function note(text) {
  $("note").firstElementChild.textContent = text;
  $("note").hidden = false;
}

/** Offer to send the photo to the server. */
export function offer(text) {
  $("use-server").textContent = text;
  $("use-server").hidden = false;
}

/** Say at which size a photo was painted, where that is not its own, and offer the server's size where that is larger. */
export function tellSize({ here, photo: painted }, photo, offers) {
  const { width, height } = painted;
  if (width * height >= photo.width * photo.height) return;
  const sizes = { width, height, full_width: photo.width, full_height: photo.height };
  note(say(here ? "reduced" : "server_reduced", written(sizes)));
  const [widest, highest] = sizeWithin(photo.width, photo.height, known.server?.max_pixels ?? 0);
  const larger = here && offers && widest * highest > width * height;
  if (larger) offer(say("larger_on_server", written({ width: widest, height: highest })));
}

function written(sizes) {
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, number(size)]));
}

/** Take back what was said. */
export function hush() {
  for (const id of ["problem", "note", "use-server", "paint"]) $(id).hidden = true;
}
