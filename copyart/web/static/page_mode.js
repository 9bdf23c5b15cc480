// The modes of the page: "empty", "ready" with a photo, "painting", "painted". The style sheet shows what belongs to each.

import { pageText } from "./page_data.js";
import { state } from "./page_state.js";
import { cardPreviews, showWhoPaints } from "./painters.js";

const $ = (id) => document.getElementById(id);
const form = document.querySelector(".painting-form");

/** Set the mode to "ready", "painting" or "painted". */
export function setMode(mode) {
  form.dataset.state = mode;
  if (mode === "painting") cardPreviews?.pause();
  else cardPreviews?.resume();
  $("style-caption").textContent = mode === "ready" ? pageText("pick_now") : (state.job ?? state.painting).mixture.manner;
  if (mode === "ready") showWhoPaints();
}

/** Focus the next control, because the button that had the focus was hidden. Do nothing if `focusShouldStay`. */
export function focusNextControl() {
  if (focusShouldStay()) return;
  const card = form.querySelector(".artist input:checked, .artist:not([hidden]) input");
  const next = form.dataset.state === "painted" ? $("download") : $("paint").hidden ? card : $("paint");
  next?.focus({ preventScroll: true });
}

/** Tell whether the focus should stay, because it is among the cards or on a slider. */
export function focusShouldStay() {
  return Boolean(document.activeElement?.closest(".artists, .adjust"));
}
