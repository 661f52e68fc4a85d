import { defineError } from '@gemel/model/errors';

export const PiggybackUnsupported = defineError('json.type.notparsable', 400, (type: string) => ({
  message:
    `ExecutePiggybackCommand with PiggybackCommand <${type.slice(0, 128)}> cannot be executed by this service as ` +
    'there is no mapping strategy for it!',
  description: 'Check if you sent the JSON with the correct type.',
}));
