import type { ErrorRequest } from './error-request.js';

const BROKER = {
  connectionType: 'mqtt-5',
  connectionStatus: 'closed',
  uri: 'tcp://localhost:1883',
  sources: [{ addresses: ['t'], authorizationContext: ['nginx:ditto'], qos: 1 }],
};
const CONNECTIONS = { path: '/api/2/connections', as: 'devops' } as const;
const body = (change: object): string => JSON.stringify({ ...BROKER, ...change });
const CREATE_AGAIN = {
  targetActorSelection: '/system/sharding/connection',
  headers: { aggregate: false },
  piggybackCommand: {
    type: 'connectivity.commands:createConnection',
    connection: { ...BROKER, id: 'embedded-broker' },
  },
};

/** What the management of connections refuses. `embedded-broker` is there from the start. */
export const CONNECTION_ERROR_REQUESTS: readonly ErrorRequest[] = [
  {
    ...CONNECTIONS,
    code: 'connectivity:connection.notfound',
    status: 404,
    method: 'GET',
    path: '/api/2/connections/no',
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:connection.history.notfound',
    status: 404,
    method: 'GET',
    path: '/api/2/connections/embedded-broker',
    headers: { 'at-historical-revision': '99' },
  },
  {
    code: 'connectivity:connection.conflict',
    status: 200,
    method: 'POST',
    path: '/devops/piggyback/connectivity',
    as: 'devops',
    body: JSON.stringify(CREATE_AGAIN),
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:connection.configuration.invalid',
    status: 400,
    method: 'POST',
    body: body({ connectionType: 'pigeon' }),
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:connection.uri.invalid',
    status: 400,
    method: 'POST',
    body: body({ uri: 'nowhere' }),
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:connection.id.invalid',
    status: 400,
    method: 'GET',
    path: '/api/2/connections/a%20b',
  },
  { ...CONNECTIONS, code: 'connectivity:id.notsettable', status: 400, method: 'POST', body: body({ id: 'mine' }) },
  {
    ...CONNECTIONS,
    code: 'connectivity:topic.invalid',
    status: 400,
    method: 'POST',
    body: body({ targets: [{ address: 'x', topics: ['events'], authorizationContext: ['nginx:ditto'], qos: 1 }] }),
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:message.mapper.config.invalid',
    status: 400,
    method: 'POST',
    body: body({ mappingDefinitions: { mine: { mappingEngine: 'Pigeon', options: {} } } }),
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:command.invalid',
    status: 400,
    method: 'POST',
    path: '/api/2/connections/embedded-broker/command',
    type: 'text/plain',
    body: 'connectivity.commands:dance',
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:precondition.failed',
    status: 412,
    method: 'GET',
    path: '/api/2/connections/embedded-broker',
    headers: { 'if-match': '"rev:99"' },
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:precondition.notmodified',
    status: 304,
    method: 'GET',
    path: '/api/2/connections/embedded-broker',
    headers: { 'if-none-match': '*' },
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:signal.illegal',
    status: 409,
    method: 'DELETE',
    path: '/api/2/connections/embedded-broker',
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:connection.failed',
    status: 504,
    method: 'POST',
    path: '/api/2/connections?dry-run=true',
    body: body({ uri: 'tcp://127.0.0.1:9' }),
  },
  {
    ...CONNECTIONS,
    code: 'connectivity:message.mapper.config.failed',
    status: 400,
    method: 'POST',
    body: body({
      mappingDefinitions: { js: { mappingEngine: 'JavaScript', options: { incomingScript: 'function (' } } },
    }),
  },
];
