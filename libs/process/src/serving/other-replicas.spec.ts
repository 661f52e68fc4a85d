import { randomUUID } from 'node:crypto';
import { HttpMetrics, PasswordAuthenticator, buildHttpServer } from '@gemel/api/http';
import { Membership } from '@gemel/application/operations';
import { randomIds, systemClock, systemTimers } from '@gemel/wiring';
import { MemoryPresences, MemoryRecords } from '@gemel/testkit/memory';
import { eventually } from '@gemel/testkit/waiting';
import type { LoggerConfig } from '@gemel/model/operations';
import { Registry } from 'prom-client';
import { otherReplicas } from './other-replicas.js';
import { processRoutes, selfOf } from './process-routes.js';
import type { OperatedProcess } from './process-routes.js';

type Services = OperatedProcess['services'];

const shared = { presences: new MemoryPresences(), records: new MemoryRecords() };
const stops: (() => Promise<unknown>)[] = [];

afterAll(() => Promise.all(stops.map((stop) => stop())));

interface Started {
  readonly url: string;
  /** Levels that were set. */
  readonly set: readonly LoggerConfig[];
}

/** A replica on the store that all share, as operators reach it. */
async function start(replica: string, services: Services): Promise<Started> {
  const ignore = (): void => undefined;
  const log = { error: ignore, warn: ignore, info: ignore, debug: ignore };
  const set: LoggerConfig[] = [];
  const metrics = new HttpMetrics(new Registry());
  const levels = { configs: () => set, set: (config: LoggerConfig) => set.push(config) > 0 };
  const readiness = { check: () => Promise.resolve({ isReady: true, report: { status: 'UP' } }) };
  const own = { services, instance: replica, settings: { GEMEL_REPLICA_NAME: replica }, levels, readiness, metrics };
  const ports = { clock: systemClock, timers: systemTimers, log };
  const membership = new Membership({ self: selfOf(own), board: shared.presences, ...ports });
  const replicas = otherReplicas(own, membership, { ...ports, ids: randomIds, records: shared.records });
  const presence = [membership.announce(), replicas.serve()];
  const operated = { ...own, others: replicas.others };
  const server = await buildHttpServer(processRoutes(operated, membership), {
    authenticators: [new PasswordAuthenticator([{ name: 'devops', password: 'devops', role: 'operator' }])],
    ids: { uuid: () => randomUUID() },
    clock: systemClock,
    log,
    metrics,
  });
  stops.push(() => Promise.all([server.close(), ...presence.map((each) => each.stop())]));
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }), set };
}

async function ask(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Basic ${btoa('devops:devops')}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status === 200 ? response.json() : response.status;
}

describe('replicas to their operators', () => {
  it('are asked through any of them for levels and settings', async () => {
    const first = await start('things-1', ['gateway', 'things']);
    const ingest = await start('ingest-1', ['connectivity']);
    await eventually(
      () => shared.presences.notes(),
      ({ length }) => length === 2,
    );
    expect(await ask(first.url, 'GET', '/devops/logging')).toMatchObject({
      gateway: { 'things-1': { status: 200 } },
      things: { 'things-1': { status: 200 } },
      connectivity: { 'ingest-1': { serviceName: 'connectivity', instance: 'ingest-1' } },
    });
    const level = { logger: 'ROOT', level: 'debug' };
    expect(await ask(ingest.url, 'PUT', '/devops/logging/things/things-1', level)).toMatchObject({ successful: true });
    expect([first.set, ingest.set]).toEqual([[level], []]);
    expect(await ask(ingest.url, 'PUT', '/devops/logging', { ...level, logger: 'org.eclipse.ditto' })).toMatchObject({
      connectivity: { 'ingest-1': { successful: true } },
      things: { 'things-1': { successful: true } },
    });
    expect([first.set.length, ingest.set.length]).toEqual([2, 1]);
    expect(await ask(first.url, 'GET', '/devops/config/connectivity/ingest-1?path=gemel.GEMEL_REPLICA_NAME')).toEqual({
      type: 'common.responses:retrieveConfig',
      status: 200,
      config: 'ingest-1',
    });
    expect(await ask(first.url, 'GET', '/devops/logging/things/nobody')).toBe(408);
  }, 30_000);
});
