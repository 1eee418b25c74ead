// Pointer, wheel and key gestures on a figure, told as plain events; knows nothing of figures.

const RADIANS_PER_PIXEL = 0.008;
const KEY_RADIANS = 0.08;
const KEY_ZOOM = 1.15;
/** A press that moves less than this is a click; fingers are less steady. */
const CLICK_PIXELS = 5;
const TOUCH_PIXELS = 10;

/**
 * Listens on `stage`. `on` receives, where present: `rotate(dyaw, dpitch)`, `zoom(factor)`, `reset()`, `hover(x, y)`,
 * `leave()`, `click(x, y)`, `drag(x, y)` (while pressed, for figures that do not rotate), `walk(delta)`, `climb(delta)` and `enter()`.
 */
export function listen(stage, on) {
  /** Pointers that are down, by their number. */
  const down = new Map();
  let moved = 0;
  let spread = 0;
  /** Where the press began. A finger that sets off up or down scrolls the page: nothing turns under it. */
  let start = { x: 0, y: 0 };
  let scrolls = false;

  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    start = place(event);
    scrolls = false;
    moved = down.size > 1 ? Infinity : 0;
    spread = distance(down);
  });

  stage.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") on.hover?.(at.x, at.y);
      return;
    }
    down.set(event.pointerId, at);
    const dx = at.x - before.x;
    const dy = at.y - before.y;
    const isTouch = event.pointerType === "touch";
    const still = isTouch ? TOUCH_PIXELS : CLICK_PIXELS;
    const wasStill = moved <= still;
    moved += Math.hypot(dx, dy);
    if (isTouch && wasStill && moved > still) scrolls = Math.abs(at.y - start.y) > Math.abs(at.x - start.x);
    if (down.size > 1) {
      const now = distance(down);
      if (spread > 0 && now > 0) on.zoom?.(now / spread);
      spread = now;
    } else if (moved > still && !scrolls) {
      stage.dataset.dragging = "yes";
      on.rotate?.(dx * RADIANS_PER_PIXEL, dy * RADIANS_PER_PIXEL);
      on.drag?.(at.x, at.y);
    }
  });

  const release = (event) => {
    const at = down.get(event.pointerId);
    down.delete(event.pointerId);
    spread = distance(down);
    delete stage.dataset.dragging;
    if (at && event.type === "pointerup" && moved <= (event.pointerType === "touch" ? TOUCH_PIXELS : CLICK_PIXELS)) {
      on.hover?.(at.x, at.y);
      on.click?.(at.x, at.y);
    }
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") on.leave?.(); });
  // A finger's readout stays until the next touch elsewhere.
  const elsewhere = (event) => {
    if (!stage.isConnected) document.removeEventListener("pointerdown", elsewhere);
    else if (!stage.contains(event.target)) on.elsewhere?.();
  };
  document.addEventListener("pointerdown", elsewhere);

  // The page scrolls over figures as anywhere else: only Ctrl, a trackpad's pinch (which sends Ctrl) or a focused figure zooms.
  stage.addEventListener("wheel", (event) => {
    if (!on.zoom || !(event.ctrlKey || document.activeElement === stage)) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    on.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey && event.deltaMode === 0 && Math.abs(event.deltaY) < 50 ? 0.01 : 0.0015)));
  }, { passive: false });

  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keyAction(event, on);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function keyAction({ key, shiftKey }, on) {
  const many = shiftKey ? 4 : 1;
  if (on.rotate) {
    const turn = KEY_RADIANS * many;
    if (key === "ArrowLeft") return () => on.rotate(-turn, 0);
    if (key === "ArrowRight") return () => on.rotate(turn, 0);
    if (key === "ArrowUp") return () => on.rotate(0, -turn);
    if (key === "ArrowDown") return () => on.rotate(0, turn);
  }
  if (on.walk) {
    if (key === "ArrowLeft") return () => on.walk(shiftKey ? -10 : -1);
    if (key === "ArrowRight") return () => on.walk(shiftKey ? 10 : 1);
    if (key === "ArrowUp") return () => on.climb(-1);
    if (key === "ArrowDown") return () => on.climb(1);
    if (key === "Enter") return () => on.enter();
  }
  if (on.zoom) {
    if (key === "+" || key === "=") return () => on.zoom(KEY_ZOOM);
    if (key === "-" || key === "−") return () => on.zoom(1 / KEY_ZOOM);
  }
  if (on.reset && key === "0") return on.reset;
  return undefined;
}

/** Distance of the first two pointers; 0 when there are not two. */
function distance(pointers) {
  if (pointers.size < 2) return 0;
  const [one, two] = [...pointers.values()];
  return Math.hypot(one.x - two.x, one.y - two.y);
}
