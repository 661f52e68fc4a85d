import { defineError } from '../errors/index.js';

/** `position` counts UTF-16 code units from 0. */
export const RqlExpressionInvalid = defineError('rql.expression.invalid', 400, (position: number, reason: string) => ({
  message: `The RQL expression is invalid at position ${position}: ${reason}.`,
  description: 'Write it like and(eq(attributes/location,"kitchen"),not(exists(features/lamp))).',
}));

/** `position` counts UTF-16 code units from 0. */
export const SearchOptionInvalid = defineError(
  'thing-search:search.option.invalid',
  400,
  (position: number, reason: string) => ({
    message: `The search option is invalid at position ${position}: ${reason}.`,
    description: "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
  }),
);
