import type { Operated, SeenTotals } from './operated.js';

/** What people are told of a connection. */
export interface SeenTrouble {
  readonly status: string;
  /** In the words of the status: of what is not open, else of the target. */
  readonly says: string;
  /** Failures in the connection's own log. */
  readonly logs: string;
  /** What the log of the process has. */
  readonly processLogs: string;
  readonly counted: SeenTotals;
}

/** What differs from one run to the next. */
const ADDRESS = /\b(127\.0\.0\.1|localhost):\d+/g;
const NUMBER = /\b\d+(?= s\b)/g;

/** By what the process' log calls them. */
const LEVELS: Readonly<Record<number, string>> = { 40: 'warn', 50: 'error', 60: 'fatal' };

/** @param since what was logged before is not told, in milliseconds since 1970 */
export async function seenTrouble(gemel: Operated, id: string, since: number): Promise<SeenTrouble> {
  const { liveStatus, clientStatus, targetStatus } = await gemel.status(id);
  const [bad] = [...clientStatus, ...targetStatus].filter(({ status }) => status !== 'open');
  const failures = (await gemel.logs(id)).filter(({ level }) => level === 'failure');
  const lines = processLog(gemel.log).filter(({ connectionId }) => connectionId === id);
  return {
    status: liveStatus,
    says: plain([(bad ?? targetStatus[0])?.statusDetails ?? '']),
    logs: plain(failures.filter(({ timestamp }) => Date.parse(timestamp) >= since).map(({ message }) => message)),
    processLogs: plain(
      lines.filter(({ time }) => time >= since).map(({ level, msg }) => `${LEVELS[level] ?? ''}: ${msg}`),
    ),
    counted: await gemel.totals(id),
  };
}

/** Each text once, and the same in each run. */
function plain(texts: readonly string[]): string {
  const same = texts.map((text) => text.replace(ADDRESS, '$1:…').replace(NUMBER, '…'));
  return [...new Set(same)].join('; ');
}

interface LogLine {
  readonly level: number;
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly msg: string;
  readonly connectionId?: string;
}

function processLog(text: string): readonly LogLine[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}
