import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@gemel/model/json';
import { eventually } from '@gemel/testkit/waiting';
import { brokerNamed } from '../../support/brokers/index.js';
import type { Broker } from '../../support/brokers/index.js';
import { Operated } from '../../support/operated.js';
import type { Started } from '../../support/operated.js';

const SUBJECTS = ['nginx:ditto'];
const PATIENCE_MS = 20_000;
/** 25.43 in hundredths. */
const READING = Buffer.from('09ef', 'hex');

/** Sets the temperature of a thing to what a module makes of the bytes. */
const script = (thing: string, module: string) => `
const { temperatureOf } = require('${module}');
function mapToDittoProtocolMsg(headers, textPayload, bytePayload) {
  const [namespace, name] = '${thing}'.split(':');
  return Ditto.buildDittoProtocolMsg(namespace, name, 'things', 'twin', 'commands', 'modify', '/attributes/temperature', {},
    temperatureOf(bytePayload));
}`;

/** What scripts may require where the processes have `ScriptModules`. */
export function describeScripts(started: () => Started): void {
  describe('scripts of connections', () => {
    let gemel: Operated;
    let broker: Broker;
    let namespace: string;
    let address: string;
    let send: (payload: Uint8Array) => Promise<void>;
    const ids: string[] = [];

    beforeEach(async () => {
      gemel = new Operated(started());
      namespace = `s${randomUUID().replaceAll('-', '').slice(0, 10)}`;
      broker = await brokerNamed('MQTT 5').open(namespace);
      const inbox = await broker.inbox?.('in');
      if (inbox === undefined) throw new Error('MQTT has sources');
      address = inbox.address;
      send = (payload) => inbox.send('sensor', payload, { 'content-type': 'application/octet-stream' });
    });
    afterEach(async () => {
      for (const id of ids.splice(0)) await gemel.delete(id);
      await broker.close();
    });

    const requiring = (module: string): JsonObject => ({
      ...broker.connection,
      mappingDefinitions: {
        reading: { mappingEngine: 'JavaScript', options: { incomingScript: script(`${namespace}:sensor`, module) } },
      },
      sources: [{ addresses: [address], qos: 1, authorizationContext: SUBJECTS, payloadMapping: ['reading'] }],
    });

    it('require the modules of the folder, where they are tried and where they run', async () => {
      expect((await gemel.call('PUT', `/api/2/things/${namespace}:sensor`, {})).status).toBe(201);
      const id = await gemel.create(requiring('codecs/reading'));
      ids.push(id);
      await gemel.statusIs(id, 'open');
      await send(READING);
      const { body } = await eventually(
        () => gemel.call('GET', `/api/2/things/${namespace}:sensor/attributes/temperature`),
        ({ status }) => status === 200,
        PATIENCE_MS,
      );
      expect(body).toBeCloseTo(25.43);
    });

    it('are refused when they require what is not there', async () => {
      const definition = { ...requiring('codecs/writing'), name: 'writing', connectionStatus: 'open' };
      const { status, body } = await gemel.manage('POST', '', definition);
      expect([status, body]).toMatchObject([400, { error: 'connectivity:message.mapper.config.failed' }]);
    });
  });
}
