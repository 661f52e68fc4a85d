import { defineError } from '@gemel/model/errors';

export const PiggybackUnsupported = defineError('json.type.notparsable', 400, (type: string) => ({
  message: `The piggyback command '${type.slice(0, 128)}' is not carried out here.`,
  description: 'Check the type of the command; docs/operations.md lists those that there are.',
}));
