import { ConfigurationInvalid } from '../settings/index.js';

/** Deeper is nothing that the one above does not say. */
const CAUSES_AT_MOST = 5;

/**
 * Why a process could not start, for who started it: what a person can act on in a sentence, and what led to it in a line
 * each, as `because: …`; of a fault that is no Error its text.
 */
export function lastWords(error: unknown): string {
  if (!(error instanceof Error) || error instanceof ReferenceError) return String(error);
  if (error instanceof ConfigurationInvalid) return `The configuration is not valid:\n${error.message}`;
  return [error.message, ...causesOf(error)].join('\n');
}

/** Those that say something new: many sentences have that of their cause in them. */
function causesOf(error: Error): readonly string[] {
  const lines: string[] = [];
  let said = error.message;
  let { cause } = error;
  for (let depth = 0; depth < CAUSES_AT_MOST && cause instanceof Error; depth += 1) {
    if (!said.includes(cause.message)) lines.push(`because: ${cause.name}: ${cause.message}`);
    said += cause.message;
    cause = cause.cause;
  }
  return lines;
}
