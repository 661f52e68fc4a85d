import { readFileSync } from 'node:fs';

const LINES = 15;

/** What a log says at its end, for an error message. */
export function lastLines(log) {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LINES);
  return [`The last lines of ${log}:`, ...lines.map((line) => `  | ${line}`)].join('\n');
}
