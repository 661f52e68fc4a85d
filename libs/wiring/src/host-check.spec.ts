import type { JsonObject } from '@gemel/model/json';
import { hostCheck } from './host-check.js';

const addresses: Readonly<Record<string, readonly string[]>> = {
  'broker.example': ['93.184.216.34'],
  'inside.example': ['93.184.216.35', '10.1.2.3'],
  'six.example': ['fd00::7'],
};
const check = hostCheck(['localhost', '*.internal', '10.0.0.0/8', '127.0.0.1', 'fd00::/8', ':6379'], (host) =>
  Promise.resolve(addresses[host] ?? []),
);

async function verdict(definition: JsonObject): Promise<string> {
  try {
    await check({ id: 'cars', ...definition });
    return 'allowed';
  } catch (error) {
    expect(error).toMatchObject({ code: 'connectivity:connection.configuration.invalid' });
    return error instanceof Error ? (/(\/\S+) names a host/.exec(error.message)?.[1] ?? '') : '';
  }
}

describe('hostCheck', () => {
  it.each<[string, JsonObject]>([
    ['allowed', { uri: 'tcp://u:p@broker.example:1883' }],
    ['allowed', { uri: 'tcp://nowhere.example:1883' }],
    ['allowed', { uri: '' }],
    ['/uri', { uri: 'tcp://localhost:1883' }],
    ['/uri', { uri: 'tcp://LOCALHOST:1883' }],
    ['/uri', { uri: 'tcp://u:p@db.internal:1883' }],
    ['/uri', { uri: 'tcp://inside.example:1883' }],
    ['/uri', { uri: 'tcp://10.9.9.9:1883/path' }],
    ['/uri', { uri: 'tcp://[fd00::1]:1883' }],
    ['/uri', { uri: 'tcp://six.example:1883' }],
    ['/uri', { uri: 'tcp://broker.example:6379' }],
    ['/uri', { uri: 'tcp://u@x:p@127.0.0.1:1883' }],
    ['/sshTunnel/uri', { uri: 'tcp://broker.example:1883', sshTunnel: { uri: 'ssh://localhost:22' } }],
    ['/credentials/tokenEndpoint', { credentials: { tokenEndpoint: 'https://10.0.0.1/token' } }],
    [
      '/specificConfig/bootstrapServers',
      { specificConfig: { bootstrapServers: 'broker.example:9092, localhost:9092' } },
    ],
  ])('%s: %j', async (expected, definition) => {
    expect(await verdict(definition)).toBe(expected);
  });

  it('allows everything when nothing is blocked', async () => {
    await expect(hostCheck([])({ uri: 'tcp://localhost:1883' })).resolves.toBeUndefined();
  });
});
