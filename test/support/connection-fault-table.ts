import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConnectionRecovery, ConnectionVerdict } from './connection-load.js';
import type { SeenTrouble } from './seen-trouble.js';

const FOLDER = fileURLToPath(new URL('../../.cache/faults', import.meta.url));

interface FaultOfBroker {
  readonly broker: string;
  readonly fault: string;
}

/** What became of one fault of a connection. */
export interface ConnectionFaultRow extends FaultOfBroker, ConnectionVerdict, ConnectionRecovery {
  /** How long it lasted; undefined where nothing came back by itself. */
  readonly seconds?: number;
}

/** What became of a connection that the broker refused, and was mended. */
export type RefusedRow = ConnectionFaultRow & SeenTrouble;

/** What became of events whose consumer takes fewer than come. */
export interface SlowRow extends FaultOfBroker, SeenTrouble {
  readonly events: number;
  readonly taken: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly doubled: number;
  /** From the first event until all are published, and until the consumer has them, in seconds. */
  readonly published: number;
  readonly after: number;
}

/** What became of the events for a target that had no room. */
export interface FullRow extends FaultOfBroker {
  readonly events: number;
  readonly taken: number;
  /** For good, counted and logged. */
  readonly leftOut: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly doubled: number;
  /** From the moment when there is room to the last event, in seconds; undefined where there is never more. */
  readonly after?: number;
}

/** Rows of one suite: shown at its end and kept for `node tools/faults-page.mjs`. */
export class ConnectionFaultTable<Row extends FaultOfBroker = ConnectionFaultRow> {
  readonly #rows: Row[] = [];

  constructor(private readonly name: string) {}

  add(row: Row): void {
    this.#rows.push(row);
  }

  /** Rows of an earlier run that were not measured again stay. */
  finish(): void {
    mkdirSync(FOLDER, { recursive: true });
    const file = join(FOLDER, `${this.name}.json`);
    const before = existsSync(file) ? this.#parseRows(readFileSync(file, 'utf8')) : [];
    const isNew = (row: Row) => !before.some(isSame(row));
    const rows = [...before.map((row) => this.#rows.find(isSame(row)) ?? row), ...this.#rows.filter(isNew)];
    writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
    console.table(this.#rows);
  }

  #parseRows(text: string): readonly Row[] {
    return JSON.parse(text) as readonly Row[];
  }
}

function isSame({ broker, fault }: FaultOfBroker): (other: FaultOfBroker) => boolean {
  return (other) => other.broker === broker && other.fault === fault;
}
