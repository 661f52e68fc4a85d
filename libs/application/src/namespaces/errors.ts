import { defineError } from '@gemel/model/errors';

export const NamespaceBlocked = defineError('namespace.blocked', 409, (namespace: string) => ({
  message: `The namespace '${namespace}' is blocked while an operator works on it.`,
  description: 'Try again later. A block ends by itself after five minutes, or when the operator takes it away.',
}));
