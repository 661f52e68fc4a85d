import { eventually } from '@gemel/testkit/waiting';
import type { StartedCluster } from './cluster.js';

/** A process that holds a lease. */
export interface Holder {
  readonly index: number;
  readonly token: number;
  /** Since when, in milliseconds since 1970. */
  readonly at: number;
}

/** Who holds which lease, from what the processes log at level `info`. */
export class LeaseLog {
  constructor(private readonly cluster: StartedCluster) {}

  /** The last one, when it has a token at least as high as `token`. */
  holder(lease: string, token = 0): Promise<Holder> {
    return eventually(
      () => Promise.resolve(this.#last(lease)),
      (holder) => holder.token >= token,
      15_000,
    );
  }

  #last(lease: string): Holder {
    let last: Holder = { index: -1, token: -1, at: 0 };
    for (const line of this.cluster.log().split('\n')) {
      const [, index, text] = /^[\w-]+-(\d+) \| (\{.*"msg":"holds a lease".*)$/.exec(line) ?? [];
      if (text === undefined) continue;
      const entry = parseEntry(text);
      if (entry.lease === lease && entry.token > last.token)
        last = { index: Number(index), token: entry.token, at: entry.time };
    }
    return last;
  }
}

function parseEntry(text: string): { lease: string; token: number; time: number } {
  return JSON.parse(text) as { lease: string; token: number; time: number };
}
