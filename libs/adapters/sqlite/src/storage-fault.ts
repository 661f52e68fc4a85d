/** What a failure of the storage is, and what whoever runs the process can do about it. */
export interface StorageFault {
  readonly kind: 'access' | 'busy' | 'damaged' | 'disk' | 'full';
  /** Part of a sentence, for example `the disk is full`; says nothing about files or SQL. */
  readonly reason: string;
  readonly advice: string;
}

const STOP = 'Stop that process.';
const PERMISSIONS = 'Check that the folder exists and that this user may read and write in it.';
const BACKUP = 'Restore it from a backup, or use another data folder.';

/** By primary result code of SQLite (sqlite.org/rescode.html). */
const FAULTS: ReadonlyMap<number, StorageFault> = new Map<number, StorageFault>([
  [3, { kind: 'access', reason: 'access to the file is denied', advice: PERMISSIONS }],
  [5, { kind: 'busy', reason: 'another process uses the file', advice: STOP }],
  [6, { kind: 'busy', reason: 'another process uses the file', advice: STOP }],
  [8, { kind: 'access', reason: 'the file is read-only', advice: PERMISSIONS }],
  [10, { kind: 'disk', reason: 'the disk fails', advice: 'Check the disk.' }],
  [11, { kind: 'damaged', reason: 'the file is damaged', advice: BACKUP }],
  [13, { kind: 'full', reason: 'the disk is full', advice: 'Make room on the disk.' }],
  [14, { kind: 'access', reason: 'the file cannot be opened', advice: PERMISSIONS }],
  [26, { kind: 'damaged', reason: 'the file is not a database', advice: BACKUP }],
]);

/** Why SQLite could not use its file; undefined for every other error, which is a bug. */
export function storageFault(error: unknown): StorageFault | undefined {
  // The lower eight bits are the primary code; the others only refine it.
  return FAULTS.get(resultCode(error) & 0xff);
}

/** libsql says `rawCode`, or only a text when it opens a file; Node's own says `errcode`. */
function resultCode(error: unknown): number {
  // Not `instanceof Error`: an error of native code may come from outside the realm that looks at it.
  if (typeof error !== 'object' || error === null) return 0;
  if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  if (!('message' in error)) return 0;
  return Number(/^ConnectionFailed\(.*: (\d+)"\)$/.exec(String(error.message))?.[1] ?? 0);
}
