import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startSolo, withFolder } from '../support/solo.js';

/** What an answer must be: no 5xx, and nothing that the description does not say. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
];
/** Random requests of each operation, besides those that cover each of its parameters and bodies. */
const EXAMPLES = 15;
const SECONDS = 900;

/** Those who may call which operations, by the names that the description has for them. */
const SETTINGS = `
[auth.openapi.basic]
username = "ditto"
password = "ditto"
[auth.openapi.operator]
username = "devops"
password = "foobar"
[auth.openapi.status]
username = "devops"
password = "foobar"

# Nobody answers messages here: they would be waited for.
[[operations]]
include-path-regex = "/(inbox|outbox)/"
parameters = { "query.timeout" = "0" }
`;

/** Bodies of lines: it has no serializer for them. */
const HOOKS = `
import json
import schemathesis

@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")
`;

async function runSchemathesis(http: string, folder: string): Promise<{ status: number | null; output: string }> {
  const modules = process.env['SCHEMATHESIS'];
  if (modules === undefined) throw new Error('SCHEMATHESIS is not set: run npm run test:services');
  await mkdir(folder);
  await writeFile(join(folder, 'schemathesis.toml'), SETTINGS);
  await writeFile(join(folder, 'gemel_hooks.py'), HOOKS);
  const command = [
    ...['-c', 'from schemathesis.cli import schemathesis; schemathesis()', 'run', `${http}/openapi.json`],
    ...['--phases', 'examples,coverage,fuzzing', '-n', String(EXAMPLES), '--checks', CHECKS.join(',')],
    ...['--continue-on-failure', '--warnings', 'off', '--no-color', '--seed', '1', '--request-timeout', '30'],
  ];
  const child = spawn('python3', command, {
    cwd: folder,
    env: { ...process.env, PYTHONPATH: `${modules}:${folder}`, SCHEMATHESIS_HOOKS: 'gemel_hooks' },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: SECONDS * 1_000,
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const output = await text(child.stdout);
  return { status: (await exited)[0], output };
}

describe('OpenAPI description, by Schemathesis', () => {
  it(
    'is true of every operation, whatever is sent, and nothing is answered with 5xx',
    () =>
      withFolder(async (folder) => {
        // Requests that make things and policies by chance must not wait for anybody.
        const solo = await startSolo(join(folder, 'data'), { GEMEL_LOG_LEVEL: 'error' });
        const { status, output } = await runSchemathesis(solo.http, join(folder, 'schemathesis'));
        const summary = output.slice(output.indexOf('= SUMMARY ='));
        console.info(summary);
        expect(status === 0 ? '' : output).toBe('');
        expect(summary).toMatch(/Tested: [1-9]\d\d/);
        // A 500 is logged at this level: there was none that the client did not see either.
        expect(solo.log()).toBe('');
        expect(await solo.stop()).toBe(0);
      }),
    (SECONDS + 60) * 1_000,
  );
});
