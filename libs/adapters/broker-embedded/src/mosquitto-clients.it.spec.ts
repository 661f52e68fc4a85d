import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseSubjectId } from '@gemel/model/policies';

import { openEmbeddedBroker } from './embedded-broker.js';
import type { EmbeddedBroker } from './embedded-broker.js';

const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
let folder: string;
let broker: EmbeddedBroker;

async function open(): Promise<void> {
  broker = await openEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    folder,
    authenticate: () => ({ subjects: [parseSubjectId('nginx:ditto')] }),
    onMessage: () => Promise.resolve(),
    topics: { sources: [], targets: [], receivers: [] },
    log,
  });
}

/** Runs one of Mosquitto's programs to its end. */
async function run(program: 'pub' | 'sub', ...args: readonly string[]): Promise<{ code: unknown; output: string }> {
  const common = ['-h', '127.0.0.1', '-p', String(broker.port), '-u', 'ditto', '-P', 'x', '-V', 'mqttv311'];
  const child = spawn(`mosquitto_${program}`, [...common, ...args]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, output };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-broker-'));
  await open();
});

afterEach(async () => {
  await broker.close();
  await rm(folder, { recursive: true });
});

describe('the clients of Mosquitto', () => {
  it.each(['1', '2'])('have their sessions and retained messages after a restart, at QoS %s', async (qos) => {
    const kept = ['-i', 'keeper', '-c', '-q', qos, '-t', 'a/#'];
    expect(await run('sub', ...kept, '-E')).toMatchObject({ code: 0 });
    for (const text of ['one', 'two']) {
      expect(await run('pub', '-t', 'a/b', '-q', qos, '-m', text)).toMatchObject({ code: 0 });
    }
    expect(await run('pub', '-t', 'state', '-q', qos, '-r', '-m', 'last')).toMatchObject({ code: 0 });
    await broker.close();
    await open();
    expect(await run('sub', ...kept, '-C', '2', '-W', '10')).toEqual({ code: 0, output: 'one\ntwo\n' });
    expect(await run('sub', '-t', 'state', '-q', qos, '-C', '1', '-W', '10')).toEqual({ code: 0, output: 'last\n' });
  });

  it('of MQTT 5 are told in their words that it is not spoken', async () => {
    const { code, output } = await run('pub', '-V', 'mqttv5', '-t', 'a', '-m', 'x');
    expect(code).not.toBe(0);
    expect(output).toMatch(/unsupported protocol version/i);
  });
});
