import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionsInvalid, readConnections } from './read-connections.js';

const settings = {
  GEMEL_CONNECTIONS_FILE: '',
  GEMEL_MONGODB_DATABASE: 'mill',
  GEMEL_MQTT_URL: '',
  GEMEL_MQTT_SOURCES: ['telemetry/#'],
  GEMEL_MQTT_TARGET: 'events/{{ thing:id }}',
  GEMEL_MQTT_TARGET_SUBJECTS: ['nginx:ditto'],
};
const hall = {
  id: 'hall',
  connectionType: 'mqtt',
  connectionStatus: 'open',
  uri: 'tcp://someone:s3cret@hall:1883',
  sources: [{ addresses: ['hall/#'], qos: 1, authorizationContext: ['nginx:hall'] }],
};

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-connections-'));
  file = join(folder, 'connections.json');
});
afterEach(() => rm(folder, { recursive: true }));

const read = async (json: unknown, url = '') => {
  await writeFile(file, typeof json === 'string' ? json : JSON.stringify(json));
  return readConnections({ ...settings, GEMEL_CONNECTIONS_FILE: file, GEMEL_MQTT_URL: url });
};

describe('readConnections', () => {
  it('finds none when none is set', async () => {
    expect(await readConnections(settings)).toEqual([]);
  });

  it('makes the default one from the settings that the embedded broker has', async () => {
    const [connection] = await readConnections({ ...settings, GEMEL_MQTT_URL: 'mqtt://broker:1883' });
    expect(connection).toMatchObject({
      id: 'default-mqtt',
      specificConfig: { clientId: 'mill-default-mqtt' },
      sources: [{ addresses: ['telemetry/#'], authorizationContext: ['nginx:ditto'] }],
      targets: [{ address: 'events/{{ thing:id }}' }],
    });
  });

  it('reads one connection or a list, and adds the default one', async () => {
    for (const json of [hall, [hall]]) {
      const connections = await read(json, 'mqtt://broker:1883');
      expect(connections.map((each) => each['id'])).toEqual(['hall', 'default-mqtt']);
    }
  });

  it.each([
    ['no JSON', '{', /GEMEL_CONNECTIONS_FILE.*not JSON/],
    ['a wrong connection', { ...hall, qos: 1 }, /'hall'.*\/qos/],
    ['one id twice', [hall, hall], /hall/],
    ['a wrong URI', { ...hall, uri: 'tcp://someone:s3cret@' }, /\/uri/],
  ])('says what is wrong with %s, and no secret', async (_what, json, reason) => {
    const reading = read(json);
    await expect(reading).rejects.toThrow(ConnectionsInvalid);
    await expect(reading).rejects.toThrow(reason);
    await expect(reading).rejects.not.toThrow(/s3cret/);
  });

  it('says which file cannot be read', async () => {
    const reading = readConnections({ ...settings, GEMEL_CONNECTIONS_FILE: join(folder, 'nowhere') });
    await expect(reading).rejects.toThrow(/nowhere.*cannot be read/);
  });
});
