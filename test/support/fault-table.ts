import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './counters.js';
import type { Recovery } from './counter-load.js';

const FOLDER = fileURLToPath(new URL('../../.cache/faults', import.meta.url));

/** What became of one fault; `acknowledged` and `repeated` since the one before. */
export interface FaultRow extends Omit<Verdict, 'findings'>, Recovery {
  readonly fault: string;
  /** How long it lasted, in seconds; undefined for a death. */
  readonly seconds?: number;
}

/** Rows of one suite: shown at its end and kept for `node tools/faults-page.mjs`. */
export class FaultTable {
  readonly #rows: FaultRow[] = [];

  constructor(private readonly name: string) {}

  add({ fault, seconds }: Pick<FaultRow, 'fault' | 'seconds'>, { findings, ...verdict }: Verdict, recovery: Recovery) {
    if (findings.length > 0) console.log([fault, ...findings].join('\n'));
    const before = (name: 'acknowledged' | 'repeated') => this.#rows.reduce((sum, row) => sum + row[name], 0);
    this.#rows.push({
      fault,
      ...(seconds === undefined ? {} : { seconds }),
      ...verdict,
      ...recovery,
      acknowledged: verdict.acknowledged - before('acknowledged'),
      repeated: verdict.repeated - before('repeated'),
    });
  }

  /** @param log of the processes, kept beside the rows */
  finish(log: string): void {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, `${this.name}.log`), log);
    writeFileSync(join(FOLDER, `${this.name}.json`), `${JSON.stringify(this.#rows, undefined, 2)}\n`);
    console.table(this.#rows);
  }
}
