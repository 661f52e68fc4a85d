import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConnectionRecovery, ConnectionVerdict } from './connection-load.js';

const FOLDER = fileURLToPath(new URL('../../.cache/faults', import.meta.url));

/** What became of one fault of a connection. */
export interface ConnectionFaultRow extends ConnectionVerdict, ConnectionRecovery {
  readonly broker: string;
  readonly fault: string;
  /** How long it lasted; undefined where nothing came back by itself. */
  readonly seconds?: number;
}

/** Rows of one suite: shown at its end and kept for `node tools/faults-page.mjs`. */
export class ConnectionFaultTable {
  readonly #rows: ConnectionFaultRow[] = [];

  constructor(private readonly name: string) {}

  add(row: ConnectionFaultRow): void {
    this.#rows.push(row);
  }

  /** Rows of an earlier run that were not measured again stay. */
  finish(): void {
    mkdirSync(FOLDER, { recursive: true });
    const file = join(FOLDER, `${this.name}.json`);
    const before = existsSync(file) ? parseRows(readFileSync(file, 'utf8')) : [];
    const isNew = (row: ConnectionFaultRow) => !before.some(isSame(row));
    const rows = [...before.map((row) => this.#rows.find(isSame(row)) ?? row), ...this.#rows.filter(isNew)];
    writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
    console.table(this.#rows);
  }
}

function isSame({ broker, fault }: ConnectionFaultRow): (other: ConnectionFaultRow) => boolean {
  return (other) => other.broker === broker && other.fault === fault;
}

function parseRows(text: string): readonly ConnectionFaultRow[] {
  return JSON.parse(text) as readonly ConnectionFaultRow[];
}
