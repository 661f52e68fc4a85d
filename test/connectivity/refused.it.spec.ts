import { setTimeout as pause } from 'node:timers/promises';
import { openTlsFront, requiredVariable } from '@gemel/testkit/network';
import type { TlsFront } from '@gemel/testkit/network';
import { brokerNamed, withCertificate, withPassword } from '../support/brokers/index.js';
import type { Addresses, GuardedBroker } from '../support/brokers/index.js';
import { ConnectionFaultTable } from '../support/connection-fault-table.js';
import type { RefusedRow } from '../support/connection-fault-table.js';
import { ConnectionLoad } from '../support/connection-load.js';
import { Operated } from '../support/operated.js';
import { startOwnServices } from '../support/own-services.js';
import type { OwnServices } from '../support/own-services.js';
import { seenTrouble } from '../support/seen-trouble.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const FLOW = 10;
const WRONG_MS = 2_000;
const RECOVERED_WITHIN_S = 30;

const VARIABLES: readonly (readonly [string, string])[] = [
  ['MQTT 3.1.1', 'MQTT_URL'],
  ['MQTT 5', 'MQTT_URL'],
  ['AMQP 0.9.1', 'RABBITMQ_URL'],
  ['AMQP 1.0', 'ARTEMIS_URL'],
  ['Kafka', 'KAFKA_BROKERS'],
];
const ADVICE = { password: /user name and password.*uri/, certificate: /certificate.*check the connection's ca/i };

let kafka: OwnServices;
/** Kafka tells its clients where to come back to: it must know before it starts. */
let kafkaFront: TlsFront;
let solo: Solo;
let gemel: Operated;
let load: ConnectionLoad | undefined;
let guarded: GuardedBroker | undefined;
let fronts: readonly TlsFront[] = [];
const table = new ConnectionFaultTable<RefusedRow>('refused');

beforeAll(async () => {
  kafkaFront = await openTlsFront('127.0.0.1', () => portOf('KAFKA_WAY', kafka.addresses));
  kafka = await startOwnServices(['kafka'], `${kafkaFront.host}:${String(kafkaFront.port)}`);
  solo = await startSharedSolo();
  gemel = new Operated({ urls: () => [solo.http], log: solo.log });
});

afterEach(async () => {
  await load?.close();
  await guarded?.close();
  await Promise.all(fronts.map((front) => front.close()));
  load = guarded = undefined;
  fronts = [];
});

afterAll(async () => {
  table.finish();
  expect(await solo.stop()).toBe(0);
  await kafka.end();
  await kafkaFront.close();
});

const addresses = (): Addresses => ({ ...process.env, ...kafka.addresses });

function portOf(variable: string, variables: Addresses): number {
  return Number(/:(\d+)\/?$/.exec(requiredVariable(variable, variables))?.[1]);
}

async function behindFronts(variable: string): Promise<GuardedBroker> {
  const port = portOf(variable, addresses());
  fronts = await Promise.all([openTlsFront('127.0.0.1', port), openTlsFront('127.0.0.1', port)]);
  const [front = kafkaFront, stranger = kafkaFront] = fronts;
  return withCertificate(addresses(), variable === 'KAFKA_BROKERS' ? kafkaFront : front, stranger);
}

describe.each(VARIABLES)('a connection over %s', (broker, variable) => {
  const faults = [
    ['wrong password', ADVICE.password, () => withPassword(variable, addresses())],
    ['wrong certificate authority', ADVICE.certificate, () => behindFronts(variable)],
  ] as const;
  it.each(faults)(
    'says what is wrong, and loses nothing until it is mended: %s',
    async (fault, advice, guard) => {
      guarded = await guard();
      const { right: way, wrong } = guarded;
      load = await ConnectionLoad.open(gemel, brokerNamed(broker).open, { addresses: guarded.addresses, way });
      load.start();
      await load.flow(FLOW);
      const began = Date.now();
      await load.modify(wrong);
      const { recoveryStatus } = await gemel.statusIs(load.id, 'misconfigured');
      expect(recoveryStatus).toBe('ongoing');
      await gemel.command(load.id, 'resetConnectionMetrics');
      await pause(WRONG_MS);
      const seen = await seenTrouble(gemel, load.id, began);
      await load.modify();
      const since = Date.now();
      const recovery = await load.recovery(since);
      await load.flow(FLOW);
      await load.stop();
      const verdict = await load.verdict();
      table.add({ broker, fault, seconds: (since - began) / 1_000, ...verdict, ...recovery, ...seen });
      expect(seen).toMatchObject({
        says: expect.stringMatching(advice) as string,
        logs: expect.stringMatching(advice) as string,
        processLogs: 'error: a connection cannot come to stand as it is configured',
        counted: { consumed: 0, published: 0 },
      });
      expect(verdict).toMatchObject({ lost: 0, outOfOrder: 0 });
      expect(Math.max(recovery.device, recovery.event)).toBeLessThan(RECOVERED_WITHIN_S);
      expect(JSON.stringify([seen, solo.log()])).not.toMatch(/swordfish|hunter2/);
    },
    120_000,
  );
});
