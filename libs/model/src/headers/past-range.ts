import { defineError } from '../errors/index.js';
import type { Instant } from '../time/index.js';
import { revisionIn, timestampIn } from './past-moment.js';

/** Which events of an entity's past are wanted. */
export type PastRange =
  | {
      readonly by: 'revision';
      /** Counted from the last one when negative: -1 is the last itself. */
      readonly from: number;
      /** As many before the last when negative or 0; the last when absent. */
      readonly to: number | undefined;
    }
  /** Both exclusive. */
  | { readonly by: 'time'; readonly after: Instant; readonly before: Instant | undefined };

export const PastRangeInvalid = defineError('json.invalid', 400, (name: string, text: string, expected: string) => ({
  message: `'${text}' is no value for '${name}'.`,
  description: `Send ${expected}.`,
}));

/**
 * Undefined when no past is asked for. Revisions count when there are timestamps, too (Ditto, "History").
 * @param parameter a query parameter's text by its name
 * @throws PastRangeInvalid for any of the four that is not valid
 */
export function parsePastRange(parameter: (name: string) => string | undefined): PastRange | undefined {
  const revision = (name: string) =>
    read(parameter, name, revisionIn, 'a whole number; negative ones count from the last revision');
  const timestamp = (name: string) => read(parameter, name, timestampIn, 'ISO 8601, for example 2026-01-31T09:30:00Z');
  const [from, to] = [revision('from-historical-revision'), revision('to-historical-revision')];
  const [after, before] = [timestamp('from-historical-timestamp'), timestamp('to-historical-timestamp')];
  if (from !== undefined) return { by: 'revision', from, to };
  return after === undefined ? undefined : { by: 'time', after, before };
}

/** The first and the last revision of a range, both included, when the entity's last one is known. */
export function revisionsIn(
  { from, to }: Extract<PastRange, { readonly by: 'revision' }>,
  last: number,
): { readonly from: number; readonly to: number } {
  const first = from < 0 ? last + from + 1 : from;
  const end = to === undefined ? last : to <= 0 ? last + to : to;
  return { from: Math.max(1, first), to: Math.min(last, end) };
}

function read(
  parameter: (name: string) => string | undefined,
  name: string,
  parse: (text: string) => number | undefined,
  expected: string,
): number | undefined {
  const text = parameter(name);
  const value = text === undefined ? undefined : parse(text);
  if (text !== undefined && value === undefined) throw new PastRangeInvalid(name, text.slice(0, 40), expected);
  return value;
}
