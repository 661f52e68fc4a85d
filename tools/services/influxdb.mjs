import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildStep } from './build-step.mjs';
import { cached } from './cache.mjs';
import { GO_HINT } from './go-program.mjs';
import { waitUntil } from './wait-until.mjs';

const VERSION = '2.7.12';
const MODULE = join(import.meta.dirname, 'influxd');
const HINT = `${GO_HINT} It also needs gcc and Rust (https://rustup.rs).`;
const ORGANISATION = 'gemel';
const READY_SECONDS = 60;
const REQUEST_MS = 10_000;

/** The real influxd, built from source. */
export const influxdb = {
  name: 'influxdb',
  variables: ['INFLUXDB_URL', 'INFLUXDB_TOKEN', 'INFLUXDB_ORG'],
  packages: {},
  ports: ['influxdb'],
  readySeconds: 60,

  install: async () => join(await cached('influxd', VERSION, build), 'influxd'),

  async start(instance, influxd) {
    const { folder, ports } = instance;
    await instance.launch('influxdb', influxd, [
      `--http-bind-address=127.0.0.1:${ports.influxdb}`,
      `--engine-path=${join(folder, 'engine')}`,
      `--bolt-path=${join(folder, 'influxd.bolt')}`,
      `--sqlite-path=${join(folder, 'influxd.sqlite')}`,
      '--reporting-disabled',
      '--log-level=warn',
    ]);
    const options = { seconds: READY_SECONDS, stillHopeful: () => instance.isUp };
    await waitUntil('the set-up of InfluxDB', () => setUp(instance), options);
  },

  environment: ({ ports, secret }) => ({
    INFLUXDB_URL: `http://127.0.0.1:${ports.influxdb}`,
    INFLUXDB_TOKEN: secret,
    INFLUXDB_ORG: ORGANISATION,
  }),

  async probe(environment) {
    const send = (path, body, expected) => post(environment, path, body, expected);
    const org = encodeURIComponent(environment.INFLUXDB_ORG);
    const found = await get(environment, `/api/v2/orgs?org=${org}`);
    const name = `gemel-probe-${randomBytes(6).toString('hex')}`;
    const bucket = await send('/api/v2/buckets', JSON.stringify({ orgID: found.orgs[0].id, name, retentionRules: [] }));
    try {
      await send(`/api/v2/write?org=${org}&bucket=${name}`, 'probe written=1');
      const query = `from(bucket: "${name}") |> range(start: -1h)`;
      const answer = await send(`/api/v2/query?org=${org}`, JSON.stringify({ query, type: 'flux' }));
      if (!String(answer).includes('written')) throw new Error('what was written is not found');
    } finally {
      await request(environment, 'DELETE', `/api/v2/buckets/${JSON.parse(bucket).id}`);
    }
  },
};

/** Does nothing when it was set up before. */
async function setUp({ ports, secret }) {
  const address = { INFLUXDB_URL: `http://127.0.0.1:${ports.influxdb}` };
  const { allowed } = await get(address, '/api/v2/setup');
  if (!allowed) return;
  const first = { username: 'gemel', password: secret, org: ORGANISATION, bucket: 'gemel', token: secret };
  await post(address, '/api/v2/setup', JSON.stringify(first));
}

const get = async (environment, path) => JSON.parse(await request(environment, 'GET', path));
const post = (environment, path, body) => request(environment, 'POST', path, body);

async function request({ INFLUXDB_URL, INFLUXDB_TOKEN }, method, path, body) {
  const response = await fetch(new URL(path, INFLUXDB_URL), {
    method,
    body,
    headers: {
      ...(INFLUXDB_TOKEN && { authorization: `Token ${INFLUXDB_TOKEN}` }),
      'content-type': 'application/json',
    },
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

/** Its Rust part is built by a `pkg-config` of its own, which has to be found first. */
async function build(folder) {
  const sources = join(folder, 'build');
  mkdirSync(sources);
  for (const file of ['go.mod', 'go.sum', 'tools.go']) copyFileSync(join(MODULE, file), join(sources, file));
  const rustc = join(sources, 'rustc-lints');
  writeFileSync(rustc, '#!/bin/sh\n# Newer compilers deny what these sources do.\nexec "$@" --cap-lints allow\n');
  chmodSync(rustc, 0o755);
  const step = (label) => ({ name: 'influxdb', label, hint: HINT, cwd: sources });
  await buildStep({ ...step('building the pkg-config of InfluxDB'), env: { GOBIN: sources } }, 'go', [
    'install',
    'github.com/influxdata/pkg-config@v0.2.14',
  ]);
  await buildStep(
    {
      ...step(`building InfluxDB ${VERSION} with Go and Rust (once, about 10 minutes)`),
      env: { PATH: `${sources}:${process.env.PATH}`, RUSTUP_TOOLCHAIN: 'stable', RUSTC_WRAPPER: rustc },
    },
    'go',
    [
      'build',
      '-buildvcs=false',
      '-tags=sqlite_foreign_keys,sqlite_json',
      `-ldflags=-s -w -X main.version=v${VERSION}`,
      `-o=${join(folder, 'influxd')}`,
      'github.com/influxdata/influxdb/v2/cmd/influxd',
    ],
  );
  rmSync(sources, { recursive: true });
}
