import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import type { Gemel } from '../support/gemel.js';
import { BASIC_POLICY, createBasicPolicy, proxyOf } from './proxy.js';

const DEADLINE_MS = 30_000;
const speedAtMost = (maximum: number, validation: string) => ({
  validation,
  features: { speed: { schema: { properties: { value: { type: 'number', maximum } } } } },
});

/** Twins are held to their types whichever way a change comes: a refused one changes nothing, a warned one says so. */
export async function playTypesAndDevices(gemel: Gemel): Promise<void> {
  const proxy = proxyOf(gemel);
  const { extended, ditto } = proxy;
  await createBasicPolicy(proxy);
  const done = async (method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await extended(method, path, body);
    expect([200, 201, 204, answer.body]).toContain(answer.status);
  };
  for (const [name, validation] of [
    ['strict', 'reject'],
    ['mild', 'warn'],
  ] as const) {
    await done('PUT', `/api/types/held:${name}`, {
      policyId: BASIC_POLICY,
      features: { speed: { properties: { value: 1 } } },
    });
    await done('PUT', `/api/2/types/held:${name}/model`, speedAtMost(10, validation));
    await done('POST', `/api/2/types/held:${name}/versions`, { version: '1.0.0' });
    await done('POST', `/api/2/types/held:${name}/instances`, { thingId: `held:my-${name}`, version: '1.0.0' });
  }
  // A type that becomes milder does not free the twins of its versions.
  await done('PUT', '/api/2/types/held:strict/model', speedAtMost(1_000, 'off'));

  const valueOf = async (id: string) =>
    (await ditto('GET', `/api/2/things/${id}/features/speed/properties/value`)).body;
  const put = (id: string, value: number) => ditto('PUT', `/api/2/things/${id}/features/speed/properties/value`, value);
  expect(await put('held:my-strict', 11)).toMatchObject({
    status: 422,
    body: { error: 'gemel:composition.twin.invalid' },
  });
  const warned = await put('held:my-mild', 11);
  expect([warned.status, warned.headers.get('warning')]).toEqual([204, expect.stringContaining('299 gemel')]);
  expect([await valueOf('held:my-strict'), await valueOf('held:my-mild')]).toEqual([1, 11]);

  const client = await mqtt.connectAsync(gemel.mqtt, { username: 'ditto', password: 'ditto' });
  for (const [name, value] of [
    ['my-strict', 12],
    ['my-strict', 9],
    ['my-mild', 12],
  ] as const)
    await client.publishAsync(
      `${gemel.telemetry}/held/${name}`,
      JSON.stringify({
        topic: `held/${name}/things/twin/commands/merge`,
        headers: { 'content-type': 'application/merge-patch+json' },
        path: '/features/speed/properties/value',
        value,
      }),
      { qos: 1 },
    );
  await client.endAsync();
  await eventually(
    () => valueOf('held:my-strict'),
    (value) => value === 9,
    DEADLINE_MS,
  );
  await eventually(
    () => valueOf('held:my-mild'),
    (value) => value === 12,
    DEADLINE_MS,
  );
  const { headers } = await ditto('GET', '/api/2/things/held:my-strict');
  // Created, and changed once: what was refused left no trace.
  expect(headers.get('entity-revision')).toBe('2');

  const report = (id: string) => extended('GET', `/api/2/twins/${id}/violations`);
  expect(await report('held:my-strict')).toMatchObject({ status: 200, body: { checked: 1, items: [] } });
  expect(await report('held:my-mild')).toMatchObject({
    body: { checked: 1, items: [{ violations: [{ pointer: '/features/speed/properties/value' }] }] },
  });
}
