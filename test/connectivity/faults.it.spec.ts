import { setTimeout as pause } from 'node:timers/promises';
import { openBreakableNetwork } from '@gemel/testkit/network';
import type { BreakableNetwork } from '@gemel/testkit/network';
import { brokerNamed, placedAt } from '../support/brokers/index.js';
import { ConnectionLoad } from '../support/connection-load.js';
import { ConnectionFaultTable } from '../support/connection-fault-table.js';
import { Operated } from '../support/operated.js';
import { startOwnServices } from '../support/own-services.js';
import type { OwnServices, ServiceName } from '../support/own-services.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const CUT_MS = 4_000;
const FLOW = 20;
const RECOVERED_WITHIN_S = 30;
/** Of the log, in characters. */
const LAST_WORDS = 8_000;

const SERVICES: readonly (readonly [string, ServiceName, string])[] = [
  ['MQTT 3.1.1', 'mosquitto', 'MQTT_URL'],
  ['MQTT 5', 'mosquitto', 'MQTT_URL'],
  ['AMQP 0.9.1', 'rabbitmq', 'RABBITMQ_URL'],
  ['AMQP 1.0', 'artemis', 'ARTEMIS_URL'],
  ['Kafka', 'kafka', 'KAFKA_BROKERS'],
];

let services: OwnServices;
let solo: Solo;
let gemel: Operated;
let load: ConnectionLoad | undefined;
let network: BreakableNetwork | undefined;
/** Kafka tells its clients where to come back to: it must know before it starts. */
let kafkaWay: BreakableNetwork;
const table = new ConnectionFaultTable('connections');

beforeAll(async () => {
  kafkaWay = await openBreakableNetwork('127.0.0.1', () => portOf(services.addresses['KAFKA_WAY']));
  const names = ['mosquitto', 'rabbitmq', 'artemis', 'kafka'] as const;
  services = await startOwnServices(names, `127.0.0.1:${String(kafkaWay.port)}`);
  solo = await startSharedSolo();
  gemel = new Operated({ urls: () => [solo.http], log: solo.log });
}, 300_000);

beforeEach(({ onTestFailed }) => {
  // What connections met is nowhere else once the process is gone.
  onTestFailed(() => console.log(solo.log().slice(-LAST_WORDS)));
});

afterEach(async () => {
  await load?.close();
  await network?.close();
  load = network = undefined;
});

afterAll(async () => {
  table.finish();
  expect(await solo.stop()).toBe(0);
  await services.end();
  await kafkaWay.close();
});

function portOf(address = ''): number {
  return Number(/:(\d+)\/?$/.exec(address)?.[1]);
}

/** How the load goes on after something that was bad for `seconds`. */
async function expectNothingLost(
  carried: ConnectionLoad,
  broker: string,
  fault: string,
  { since, seconds }: Bad,
): Promise<void> {
  const recovery = await carried.recovery(since);
  await carried.flow(FLOW);
  await carried.stop();
  const verdict = await carried.verdict();
  table.add({ broker, fault, seconds, ...verdict, ...recovery });
  expect(verdict).toMatchObject({ lost: 0, outOfOrder: 0 });
  expect(Math.max(recovery.device, recovery.event)).toBeLessThan(RECOVERED_WITHIN_S);
  expect(solo.log()).not.toMatch(/"level":(50|60)|"level":"error"/);
}

interface Bad {
  /** When it was over, in milliseconds since 1970. */
  readonly since: number;
  readonly seconds: number;
}

describe.each(SERVICES)('a connection over %s', (broker, service) => {
  it('loses nothing and keeps the order when its broker restarts under load', async () => {
    load = await ConnectionLoad.open(gemel, brokerNamed(broker).open, { addresses: services.addresses });
    load.start();
    await load.flow(FLOW);
    const began = Date.now();
    await services.stop(service);
    await gemel.statusIs(load.id, 'failed');
    await services.start(service);
    const since = Date.now();
    await expectNothingLost(load, broker, 'broker restarted', { since, seconds: (since - began) / 1_000 });
  }, 300_000);
});

describe.each(SERVICES)('a connection over %s', (broker, _service, variable) => {
  const faults: readonly (readonly [string, (way: BreakableNetwork) => Promise<void>])[] = [
    [
      'network cut',
      async (way) => {
        way.cut();
        await pause(CUT_MS);
        way.heal();
      },
    ],
    [
      'network cut ten times',
      async (way) => {
        for (let time = 0; time < 10; time++) {
          way.cut();
          way.heal();
          await pause(CUT_MS / 10);
        }
      },
    ],
    [
      'network silent',
      async (way) => {
        way.stall();
        await pause(CUT_MS);
        way.heal();
      },
    ],
  ];
  it.each(faults)(
    'loses nothing and keeps the order: %s',
    async (fault, happen) => {
      const way =
        broker === 'Kafka'
          ? kafkaWay
          : (network = await openBreakableNetwork('127.0.0.1', portOf(services.addresses[variable])));
      load = await ConnectionLoad.open(gemel, brokerNamed(broker).open, {
        addresses: services.addresses,
        way: (place) => placedAt(place, `127.0.0.1:${String(way.port)}`),
      });
      load.start();
      await load.flow(FLOW);
      const began = Date.now();
      await happen(way);
      const since = Date.now();
      await expectNothingLost(load, broker, fault, { since, seconds: (since - began) / 1_000 });
    },
    120_000,
  );
});
