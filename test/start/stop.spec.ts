import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';

const BODY = JSON.stringify({ attributes: { said: 'late' } });

/** A request whose body is yet to be sent; resolves when the server has its head. */
async function beginPut(http: string, path: string): Promise<{ socket: Socket; received: () => string }> {
  const { hostname, port } = new URL(http);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  await once(socket, 'connect');
  socket.write(
    [
      `PUT ${path} HTTP/1.1`,
      'host: gemel',
      `authorization: Basic ${btoa('ditto:ditto')}`,
      'content-type: application/json',
      `content-length: ${String(BODY.length)}`,
      'expect: 100-continue',
      '',
      '',
    ].join('\r\n'),
  );
  await eventually(
    () => Promise.resolve(received),
    (text) => text.includes('100 Continue'),
  );
  return { socket, received: () => received };
}

async function isRefused(http: string): Promise<boolean> {
  return (await fetch(`${http}/health`).catch(() => undefined)) === undefined;
}

describe('stopping', () => {
  it(
    'answers what is under way, and what it answered is there at the next start',
    () =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder);
        const { socket, received } = await beginPut(solo.http, '/api/2/things/test:late');
        const closed = once(socket, 'close');
        const stopped = solo.stop();
        await eventually(
          () => isRefused(solo.http),
          (refused) => refused,
        );
        socket.write(BODY);
        await closed;
        expect(received()).toContain('HTTP/1.1 201 Created');
        expect(await stopped).toBe(0);

        const again = await startSolo(folder);
        expect((await call(again, 'GET', '/api/2/things/test:late/attributes/said')).body).toBe('late');
        expect(await again.stop()).toBe(0);
      }),
    30_000,
  );

  it(
    'waits for no idle connection, not even one that never asked anything, and ends streams',
    () =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder);
        // Keeps its connection for the next request.
        await call(solo, 'GET', '/api/2/whoami');
        const stream = await fetch(`${solo.http}/api/2/things`, {
          headers: { authorization: `Basic ${btoa('ditto:ditto')}`, accept: 'text/event-stream' },
        });
        const ended = stream.text();
        // In reserve, as many clients open them.
        const { hostname, port } = new URL(solo.http);
        await once(connect(Number(port), hostname), 'connect');
        expect(await solo.stop()).toBe(0);
        expect(await ended).toMatch(/^(data:\n\n)*$/);
      }),
    30_000,
  );
});

describe('a running process', () => {
  it(
    'tells that it lives, that it can work, and its numbers',
    () =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder);
        expect((await call(solo, 'GET', '/health')).body).toEqual({ status: 'UP' });
        const ready = await call(solo, 'GET', '/ready');
        expect(ready.status).toBe(200);
        expect(ready.body).toEqual({
          status: 'UP',
          phase: 'running',
          parts: { store: { status: 'UP', required: true } },
        });
        await call(solo, 'PUT', '/api/2/things/test:counted', {});
        const metrics = await eventually(
          () => call(solo, 'GET', '/metrics'),
          ({ body }) => String(body).includes('gemel_reader_lag_events{reader="history"} 0'),
        );
        expect(metrics.body).toMatch(/^gemel_commits_total [1-9]/m);
        expect(metrics.body).toMatch(/^gemel_commit_events_total 2$/m);
        expect(metrics.body).toMatch(/^gemel_cache_entries\{cache="things"\} 1$/m);
        expect(await solo.stop()).toBe(0);
      }),
    30_000,
  );
});
