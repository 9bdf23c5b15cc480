// Shows the live camera's buttons if there is a camera, unless the visitor prefers less motion. A click loads it.

const lessMotion = matchMedia("(prefers-reduced-motion: reduce)");
const media = navigator.mediaDevices;

/** Let buttons open the live camera. `hooks` are the callbacks for `openLiveCamera`. */
export function connectLiveCameraButtons(buttons, hooks) {
  if (!media?.getUserMedia) return;
  const showButtonsWhereUsable = async () => {
    const devices = await media.enumerateDevices().catch(() => []);
    const camera = devices.some(({ kind }) => kind === "videoinput");
    for (const button of buttons) button.hidden = lessMotion.matches || !camera;
  };
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      const { openLiveCamera } = await import("./live_camera.js");
      await openLiveCamera(hooks);
    });
  }
  media.addEventListener("devicechange", showButtonsWhereUsable);
  lessMotion.addEventListener("change", showButtonsWhereUsable);
  showButtonsWhereUsable();
}
