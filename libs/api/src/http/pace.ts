const WINDOW_MS = 1_000;

/** Resolves at once so often in a second, and later for who comes after them. */
export type Pace = () => Promise<void>;

/** For one that asks again only when it was let through. @param perSecond 0 for as many as come */
export function paceOf(perSecond: number): Pace {
  if (perSecond === 0) return () => Promise.resolve();
  let until = -Infinity;
  let left = 0;
  return async () => {
    let now = performance.now();
    if (now < until && left === 0) {
      await new Promise<void>((resolve) => setTimeout(resolve, until - now));
      now = performance.now();
    }
    if (now >= until) {
      until = now + WINDOW_MS;
      left = perSecond;
    }
    left = Math.max(0, left - 1);
  };
}
