import { list } from './fields.js';

/** What is told of the past of things and policies. */
export const pastSettings = {
  GEMEL_HISTORICAL_HEADERS: list('').describe(
    'Names of headers that a look into the past tells of the change that led there, for example `ditto-originator`.',
  ),
};
