import type { Instant } from '../time/index.js';

/** A place that a message has passed, and when. */
export interface Hop {
  readonly name: string;
  readonly at: Instant;
}

/** How long a message was on its way between two hops. */
export interface HopDelay {
  readonly from: string;
  readonly to: string;
  /** In milliseconds; below 0 when the clocks of the two do not agree. */
  readonly ms: number;
}

/** The header in which messages carry where they have been: `device=1700000000000,bridge=1700000000012`. */
export const HOPS_HEADER = 'hops';

const MAX_HOPS = 20;
const HOP = /^([\w.-]{1,40})=(\d{1,14})$/;

/** The first 20; what is no hop is left out. */
export function parseHops(text: string): readonly Hop[] {
  return text.split(',', MAX_HOPS).flatMap((item) => {
    const [, name, at] = HOP.exec(item.trim()) ?? [];
    return name === undefined ? [] : [{ name, at: Number(at) }];
  });
}

export function formatHops(hops: readonly Hop[]): string {
  return hops.map(({ name, at }) => `${name}=${at}`).join(',');
}

/** From each hop to the next one. */
export function hopDelays(hops: readonly Hop[]): readonly HopDelay[] {
  return hops.slice(1).map(({ name, at }, index) => {
    const before = hops[index] ?? { name, at };
    return { from: before.name, to: name, ms: at - before.at };
  });
}
