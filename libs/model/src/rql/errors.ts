import { defineError } from '../errors/index.js';

export const RqlExpressionInvalid = defineError('rql.expression.invalid', 400, (message: string) => ({
  message,
  description: 'Write it like and(eq(attributes/location,"kitchen"),not(exists(features/lamp))).',
}));

export const SearchOptionInvalid = defineError(
  'thing-search:search.option.invalid',
  400,
  (message: string, description?: string) => ({
    message,
    description:
      description ?? "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
  }),
);
