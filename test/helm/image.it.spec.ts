import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { NODE_FLAGS } from '../../tools/node-flags.mjs';
import { CHART, containersOf, podsOf, render } from './chart.js';
import { buildInto, contextFiles, readImage } from './dockerfile.js';

interface Package {
  readonly scripts: { readonly start: string };
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const running = new Set<ChildProcess>();
const image = readImage();
const [uid = 0, gid = 0] = image.user.split(':').map(Number);
let folder: string;
let root: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemel-image-'));
  chmodSync(folder, 0o755);
  buildInto(folder);
  root = join(folder, String(image.bases.length - 1), image.folder);
  chownSync(join(root, 'data'), uid, gid);
}, 600_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

// What a failed test left behind must not keep the others from ending.
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

describe('the image', () => {
  it('is of one version of Node.js throughout, one that Gemel runs on, without a shell in the end', () => {
    const majors = image.bases.map((base) => /(?:node:|nodejs)(\d+)/.exec(base)?.[1]);
    expect(majors).toEqual(['20', '20']);
    expect(image.bases.at(-1)).toMatch(/distroless.*:nonroot$/);
  });

  it('runs as somebody who is not root, in production, at the ports of the chart', () => {
    expect([uid, gid]).toEqual([65532, 65532]);
    expect(image.environment).toMatchObject({ NODE_ENV: 'production' });
    expect(image.ports).toEqual(['8080', '1883']);
    expect(image.command).toEqual(['/nodejs/bin/node', 'apps/solo/bundle/main.js']);
    // A setting that only some processes know would stop the others.
    expect(Object.keys(image.environment).filter((name) => name.startsWith('GEMEL_'))).toEqual([]);
  });

  it('gives Node.js what `npm start` and the tools give it', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Package;
    expect(image.environment['NODE_OPTIONS']).toBe(NODE_FLAGS.join(' '));
    expect(scripts.start).toBe(`node ${NODE_FLAGS.join(' ')} tools/start.mjs`);
  });

  it('gets no more of the repository than its build needs', () => {
    const files = contextFiles();
    expect(files).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', '.npmrc', 'tools/image.mjs']));
    expect(files.filter((file) => /^(test|docs|helm|\.git|\.ci)\/|\.spec\.ts$|node_modules/.test(file))).toEqual([]);
  });

  it('holds what runs, and neither sources nor tools of development', () => {
    const packages = readdirSync(join(root, 'node_modules'));
    expect(packages).toEqual(expect.arrayContaining(['fastify', 'pino', '@gemel']));
    const ofDevelopment = ['typescript', '@typescript/native', 'vitest', 'oxlint', 'prettier', 'knip'];
    expect(ofDevelopment.filter((name) => existsSync(join(root, 'node_modules', name)))).toEqual([]);
    const sources = ['apps/solo/src', 'libs/model/src', 'libs/testkit', 'tools', 'test'];
    expect(sources.filter((path) => existsSync(join(root, path)))).toEqual([]);
  });

  it('holds every process that the chart starts', () => {
    const pods = [render({}), render({ file: 'values-production.yaml' })].flatMap(podsOf);
    const programs = pods
      .flatMap(containersOf)
      .flatMap(({ args }) => args?.filter((arg) => arg.startsWith('apps/')) ?? []);
    expect(programs).toHaveLength(4);
    // A process is there as soon as it is in the repository.
    for (const program of programs)
      expect([program, existsSync(join(root, program))]).toEqual([program, existsSync(join(ROOT, program))]);
  });

  it('starts as its user without a shell, answers, passes the check of the release, and stops', async () => {
    const { child, http } = await start({ GEMEL_USERS: 'ann:s%3Aecret,ops:secret:operator' });
    const probes = podsOf(render({}))
      .flatMap(containersOf)
      .flatMap((one) => [one.startupProbe, one.readinessProbe]);
    for (const path of probes.flatMap((probe) => probe?.httpGet?.path ?? []))
      expect([path, (await fetch(http + path)).status]).toEqual([path, 200]);
    expect((await fetch(`${http}/apidoc/`)).status).toBe(200);
    const check = spawnSync(process.execPath, [`${CHART}/files/release-check.mjs`], {
      env: { CHECK_URLS: http, GEMEL_USERS: 'ops:secret:operator, ann:s%3Aecret' },
      encoding: 'utf8',
    });
    expect(check.stderr).toBe('');
    expect(check.stdout).toContain('/api/2/whoami: nginx:ann');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('has a check of the release that fails for a wrong password and for a process that is not there', async () => {
    const { child, http } = await start({ GEMEL_USERS: 'ann:secret' });
    const check = (env: Record<string, string>) =>
      spawnSync(process.execPath, [`${CHART}/files/release-check.mjs`], { env, encoding: 'utf8' });
    expect(check({ CHECK_URLS: http, GEMEL_USERS: 'ann:other' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('401'),
    });
    expect(check({ CHECK_URLS: http, GEMEL_USERS: 'ops:secret:operator' }).stderr).toContain('no user but operators');
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(check({ CHECK_URLS: http, GEMEL_USERS: 'ann:secret' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

/** Runs the image's command as its user, with nothing in PATH. */
async function start(settings: Record<string, string>) {
  const [, ...args] = image.command;
  const child = spawn(process.execPath, [...args, '--json'], {
    cwd: root,
    env: {
      ...image.environment,
      PATH: '',
      GEMEL_HTTP_PORT: '0',
      GEMEL_MQTT_PORT: '0',
      GEMEL_LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  for await (const line of createInterface({ input: child.stdout })) {
    const { http } = JSON.parse(line) as { http: string };
    return { child, http };
  }
  throw new Error('it ended before it was ready');
}
