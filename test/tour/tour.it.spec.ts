import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The shell commands of each step of the README's tour, as written but for the ports. */
async function tourSteps(solo: Solo): Promise<readonly string[]> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const tour = /## A five-minute tour\n(.*?)\n## /s.exec(readme)?.[1] ?? '';
  const steps = tour.split(/^\*\*\d+\. /m).slice(1);
  return steps.map((step) =>
    [...step.matchAll(/^```sh\n(.*?)^```/gms)]
      .map(([, commands = '']) => commands)
      .join('\n')
      .replaceAll('http://localhost:8080', solo.http)
      .replaceAll('localhost:1883', new URL(solo.mqtt).host)
      .replaceAll('-p 1883', `-p ${new URL(solo.mqtt).port}`),
  );
}

/** Pastes the commands into a shell; what they print, when they and what they left in the background have ended. */
async function paste(commands: string): Promise<string> {
  // Inside the repository, so that the device of step 3 finds its library as it does for a reader.
  const folder = join(ROOT, '.cache/tour');
  await mkdir(folder, { recursive: true });
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', `${commands}\nwait`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [status] = (await once(shell, 'close')) as [number | null];
  await rm(folder, { recursive: true, force: true });
  // The stream of step 3 is cut off by its own time limit, which curl reports.
  expect(errors.replace(/^curl: \(28\).*\n/m, '')).toBe('');
  expect(status).toBe(0);
  return output;
}

it(
  'plays as written',
  () =>
    withFolder(async (folder) => {
      const solo = await startSolo(folder);
      const [types, tree, devices, search, history, grafana, ...rest] = await tourSteps(solo);
      expect(rest).toEqual([]);

      await paste(types ?? '');
      const wheelType = await call(solo, 'GET', '/api/types/example:wheel/parent');
      expect(wheelType.body).toEqual({ 'example:car': 4 });

      const children = (await paste(tree ?? '')).replace(/^""/, '');
      expect((JSON.parse(children) as readonly { thingId: string }[]).map(({ thingId }) => thingId)).toEqual(
        [1, 2, 3, 4].map((wheel) => `example:mycar:wheel_${String(wheel)}`),
      );

      const streamed = await paste(devices ?? '');
      expect(streamed).toContain(
        'data:{"thingId":"example:mycar","features":{"gps":{"properties":{"latitude":36.7213,"longitude":-4.4214}}}}',
      );
      for (const value of [40, 41, 42, 43, 44])
        expect(streamed).toContain(`{"velocity":{"properties":{"value":${String(value)},"time":`);
      expect(streamed).toMatch(/"velocity":\{"properties":\{"value":44,"time":\d+\}\},"direction"/);
      // No message went wrong; the stream goes on with heartbeats.
      expect(streamed).toMatch(/\[\](?:data:|\s)*$/);

      const found = JSON.parse(await paste(search ?? '')) as { items: readonly { thingId: string }[] };
      expect(found.items.map(({ thingId }) => thingId)).toEqual(['example:mycar:wheel_1']);

      const [samples, windows] = (await paste(history ?? '')).split(/(?<=\})(?=\{"thingId")/).map(valuesOf);
      expect(samples).toEqual([40, 41, 42, 43, 44]);
      expect(windows?.length).toBeGreaterThanOrEqual(2);

      const csv = (await paste(grafana ?? '')).trim().split('\r\n');
      expect(csv[0]).toBe(',result,table,_time,_value,thingId');
      expect(csv.slice(1).map((row) => row.split(',')[4])).toEqual(windows?.map(String));
      expect(await solo.stop()).toBe(0);
    }),
  120_000,
);

function valuesOf(text: string): readonly number[] {
  const { series } = JSON.parse(text) as { series: readonly { values: readonly (readonly [string, number])[] }[] };
  return (series[0]?.values ?? []).map(([, value]) => value);
}
