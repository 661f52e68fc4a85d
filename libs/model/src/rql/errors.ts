import { defineError } from '../errors/index.js';

export const RqlExpressionInvalid = defineError('rql.expression.invalid', 400, (message: string) => ({
  message,
  description: 'Write it like and(eq(attributes/location,"kitchen"),not(exists(features/lamp))).',
}));

export const SearchNamespacesInvalid = defineError(
  'thing-search:search.namespaces.invalid',
  400,
  (namespace: string) => ({
    message: `'${namespace}' is not a namespace to search in.`,
    description:
      'Name whole namespaces, separated by commas, like org.example,org.other; each segment starts with a letter.',
  }),
);

export const SearchOptionInvalid = defineError(
  'thing-search:search.option.invalid',
  400,
  (message: string, description?: string) => ({
    message,
    description:
      description ?? "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
  }),
);
