import { defineError } from '../errors/index.js';

export const ConnectionNotAccessible = defineError('connectivity:connection.notfound', 404, (id: string) => ({
  message: `There is no connection '${id}'.`,
  description: 'GET /api/2/connections?ids-only=true lists those that there are.',
}));

export const ConnectionHistoryNotAccessible = defineError(
  'connectivity:connection.history.notfound',
  404,
  (id: string, moment: string) => ({
    message: `The connection '${id}' is not known as it was at ${moment}.`,
    description: 'It may be younger than that, or it was deleted then.',
  }),
);

export const ConnectionConflict = defineError('connectivity:connection.conflict', 409, (id: string) => ({
  message: `There is a connection '${id}' already.`,
  description: 'Choose another ID, or modify the one that there is.',
}));

export const ConnectionIdNotSettable = defineError(
  'connectivity:id.notsettable',
  400,
  (place: 'generated' | 'path') => ({
    message:
      place === 'generated'
        ? 'The ID of a new connection is chosen by the server.'
        : 'The ID in the body differs from the one in the path.',
    description: 'Leave the ID out of the body.',
  }),
);

export const ConnectionFailed = defineError('connectivity:connection.failed', 504, (name: string, reason: string) => ({
  message: `The connection '${name}' does not come to stand: ${reason}.`,
  description: 'Its status and its logs tell more. It is tried again for as long as it should be open.',
}));

/** It was only tested. */
export const ConnectionTestFailed = defineError('connectivity:connection.failed', 504, (reason: string) => ({
  message: `The connection does not come to stand: ${reason}.`,
  description: 'Nothing was stored: correct it, and test it again.',
}));

export const ConnectionTimeout = defineError('connectivity:connection.timeout', 503, (name: string, ms: number) => ({
  message: `The connection '${name}' has not come to stand within ${String(ms)} ms.`,
  description: 'Its status tells how it goes on.',
}));

export const ConnectivityCommandInvalid = defineError('connectivity:command.invalid', 400, (text: string) => ({
  message: `'${text.slice(0, 100)}' is no command to a connection.`,
  description:
    'There are connectivity.commands:openConnection, closeConnection, resetConnectionMetrics, enableConnectionLogs and resetConnectionLogs.',
}));

export const ConnectionSignalIllegal = defineError(
  'connectivity:signal.illegal',
  409,
  (id: string, reason: string) => ({
    message: `The connection '${id}' cannot do that now: ${reason}.`,
    description: 'Look at its status.',
  }),
);

export const ConnectionsAmountIllegal = defineError(
  'connectivity:connections.amount.illegal',
  400,
  (limit: number) => ({
    message: `There are more connections than the ${String(limit)} that are given at once.`,
    description: 'Ask for their IDs with ids-only=true, and for each by its ID.',
  }),
);
