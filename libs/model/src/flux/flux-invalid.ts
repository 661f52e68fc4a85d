import { defineError } from '../errors/index.js';

/** Where something stands in a query, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A query that is malformed, uses what is not supported, or asks for too much. */
export const FluxInvalid = defineError('flux.invalid', 400, (problem: string, at?: Place, hint?: string) => ({
  message: at === undefined ? `${problem}.` : `${problem} (line ${at.line}, column ${at.column}).`,
  ...(hint === undefined ? {} : { description: hint }),
}));
