// How long a computation will take yet, from how it went in the last half minute.

const MEMORY = 30e3;

/** `restart()` forgets, `at(share)` is told how much is done, `left()` says how long it will take, in words or not at all. */
export function createPace() {
  /** Where it stood when: `[ms, share]`, the oldest first. */
  let points = [];
  return {
    restart() { points = []; },
    at(share) {
      const now = performance.now();
      points.push([now, share]);
      while (points.length > 2 && now - points[0][0] > MEMORY) points.shift();
    },
    left() {
      if (points.length < 2) return "";
      const [[from, before], [now, share]] = [points[0], points.at(-1)];
      // One that has hardly begun says nothing yet.
      if (now - from < 1000 || share <= before) return "";
      return words(((1 - share) * (now - from)) / (share - before) / 1000);
    },
  };
}

function words(seconds) {
  if (seconds < 3) return "";
  if (seconds < 55) return `${Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 3300) return `${Math.max(1, Math.round(seconds / 60))} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}
