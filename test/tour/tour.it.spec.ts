import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { withCluster, withSolo } from '../support/gemel.js';
import type { Gemel } from '../support/gemel.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The shell commands of each step of the README's tour, as written but for hosts, ports and the topics of devices. */
async function tourSteps(gemel: Gemel): Promise<readonly string[]> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const tour = /## A five-minute tour\n(.*?)\n## /s.exec(readme)?.[1] ?? '';
  const steps = tour.split(/^\*\*\d+\. /m).slice(1);
  return steps.map((step) =>
    [...step.matchAll(/^```sh\n(.*?)^```/gms)]
      .map(([, commands = '']) => commands)
      .join('\n')
      .replaceAll(/http:\/\/localhost:8080(?=(\/[\w/]*))/g, (_host, path: string) => baseOf(path, gemel))
      .replaceAll('localhost:1883', new URL(gemel.mqtt).host)
      .replaceAll('-p 1883', `-p ${new URL(gemel.mqtt).port}`)
      .replaceAll('telemetry/', `${gemel.telemetry}/`),
  );
}

let requests = 0;

/** Where an API is; of several replicas another one each time. */
function baseOf(path: string, { things, extendedApi, ingest }: Gemel): string {
  let urls = things;
  if (/^\/api\/(types|twins)\b/.test(path)) urls = extendedApi;
  if (path.startsWith('/devops/ingest/')) urls = ingest;
  return urls[requests++ % urls.length] ?? '';
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

it.each([
  ['solo', withSolo],
  ['a cluster of two replicas', withCluster],
])(
  'plays as written on %s',
  (_name, withGemel) =>
    withGemel(async (gemel) => {
      const [types, tree, devices, search, history, grafana, ...rest] = await tourSteps(gemel);
      expect(rest).toEqual([]);

      await paste(types ?? '');
      const api = { http: baseOf('/api/types', gemel) };
      const wheelType = await call(api, 'GET', '/api/types/example:wheel/parent');
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
      // The twin, and that no message went wrong, are printed among what is streamed.
      expect(streamed.replaceAll(/data:(?:\{.*\})?\s*/g, '')).toMatch(/^\{"thingId":"example:mycar:wheel_1".*\}\[\]$/);

      const found = JSON.parse(await paste(search ?? '')) as { items: readonly { thingId: string }[] };
      expect(found.items.map(({ thingId }) => thingId)).toEqual(['example:mycar:wheel_1']);

      // Between processes the history is behind the twin by a moment; a reader needs longer to paste.
      const [samples, windows] = await eventually(
        async () => (await paste(history ?? '')).split(/(?<=\})(?=\{"thingId")/).map(valuesOf),
        ([values]) => values?.at(-1) === 44,
      );
      expect(samples).toEqual([40, 41, 42, 43, 44]);
      expect(windows?.length).toBeGreaterThanOrEqual(2);

      const csv = (await paste(grafana ?? '')).trim().split('\r\n');
      expect(csv[0]).toBe(',result,table,_time,_value,thingId');
      expect(csv.slice(1).map((row) => row.split(',')[4])).toEqual(windows?.map(String));
    }),
  120_000,
);

function valuesOf(text: string): readonly number[] {
  const { series } = JSON.parse(text) as { series: readonly { values: readonly (readonly [string, number])[] }[] };
  return (series[0]?.values ?? []).map(([, value]) => value);
}
