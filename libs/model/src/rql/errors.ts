import { defineError } from '../errors/index.js';

export const RqlExpressionInvalid = defineError('rql.expression.invalid', 400, (message: string) => ({
  message,
  description: 'Ensure that all opening parentheses have also closing ones and that the RQL expression is valid.',
}));

export const SearchOptionInvalid = defineError(
  'thing-search:search.option.invalid',
  400,
  (message: string, description?: string) => ({
    message,
    description: description ?? 'At least one provided option is invalid.',
  }),
);
