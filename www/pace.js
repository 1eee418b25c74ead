// How fast a computation goes, and how long it will take yet, from how it went in the last half minute.

const MEMORY = 30e3;
/** A rate is that of so many of the last ms: it follows what is being done. */
const LATELY = 3e3;

/**
 * `restart()` forgets, `at(share, {count, unit})` is told how much is done and what was gone through; `left()` says how long it will take,
 * `rate()` how much that is and how fast it goes, `mean()` how fast it went, in words or not at all.
 */
export function createPace() {
  /** Where it stood when: `[ms, share, count]`, the oldest first. */
  let points = [];
  /** What was gone through since the start, and how long that took (ms), without what takes time and counts nothing. */
  let all = { count: 0, took: 0 };
  let unit = "";
  return {
    restart() {
      points = [];
      all = { count: 0, took: 0 };
      unit = "";
    },
    at(share, seen) {
      const now = performance.now();
      const count = seen?.count ?? points.at(-1)?.[2] ?? 0;
      unit = seen?.unit ?? unit;
      const last = points.at(-1);
      if (last && count > last[2]) all = { count: all.count + count - last[2], took: all.took + now - last[0] };
      points.push([now, share, count]);
      while (points.length > 2 && now - points[0][0] > MEMORY) points.shift();
    },
    left() {
      if (points.length < 2) return "";
      const [[from, before], [now, share]] = [points[0], points.at(-1)];
      // One that has hardly begun says nothing yet.
      if (now - from < 1000 || share <= before) return "";
      return words(((1 - share) * (now - from)) / (share - before) / 1000);
    },
    rate() {
      if (!unit || points.length < 2) return "";
      const last = points.at(-1);
      const from = points.find(([then]) => last[0] - then <= LATELY);
      const speed = between(from, last);
      return `${number(last[2])} ${unit}${speed ? `, ${number(speed)}/s` : ""}`;
    },
    mean() {
      const speed = unit ? between([0, 0, 0], [all.took, 0, all.count]) : 0;
      return speed ? `${number(speed)} ${unit}/s` : "";
    },
  };
}

/** How many a second; 0 where it cannot be told. */
function between([from, , before], [now, , count]) {
  return now - from < 250 || count <= before ? 0 : (1000 * (count - before)) / (now - from);
}

/** A whole number, in groups of three digits. */
function number(value) {
  return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
}

function words(seconds) {
  if (seconds < 3) return "";
  if (seconds < 55) return `${Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 3300) return `${Math.max(1, Math.round(seconds / 60))} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}
