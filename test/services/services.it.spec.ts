import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';

const TOOL = fileURLToPath(new URL('../../tools/services.mjs', import.meta.url));
const TOPIC = 'services/retained';

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs the tool without the servers that the tests were given, but those of `environment`. */
async function services(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { MQTT_URL: _given, ...rest } = process.env;
  const child = spawn(process.execPath, [TOOL, ...args], { env: { ...rest, ...environment } });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, out, errors };
}

/** A folder whose services are down at the end; the run takes them down that was interrupted. */
async function withServices(use: (dir: readonly string[]) => Promise<void>): Promise<void> {
  const root = process.env['GEMEL_SERVICES_DIR'];
  if (root === undefined) throw new Error('GEMEL_SERVICES_DIR is not set: run npm run test:services');
  const folder = await mkdtemp(join(root, 'of-tests', 'services-'));
  const dir = ['--dir', folder];
  try {
    await use(dir);
  } finally {
    await services(['down', ...dir, '--purge']);
    await rm(folder, { recursive: true });
  }
}

async function upMosquitto(dir: readonly string[]): Promise<string> {
  const { status, out, errors } = await services(['up', 'mosquitto', ...dir]);
  if (status !== 0) throw new Error(errors);
  return addressIn(out);
}

function addressIn(out: string): string {
  return /^MQTT_URL=(.+)$/m.exec(out)?.[1] ?? `no address in '${out}'`;
}

async function retain(address: string, message: string): Promise<void> {
  const client = await mqtt.connectAsync(address, {}, false);
  await client.publishAsync(TOPIC, message, { qos: 1, retain: true });
  await client.endAsync();
}

async function retained(address: string): Promise<string> {
  const client = await mqtt.connectAsync(address, {}, false);
  const message = new Promise<string>((resolve) => {
    client.once('message', (_topic, payload) => {
      resolve(String(payload));
    });
  });
  await client.subscribeAsync(TOPIC, { qos: 1 });
  const received = await message;
  await client.endAsync();
  return received;
}

it(
  'starts a service, tells how it is, and stops it',
  () =>
    withServices(async (dir) => {
      const address = await upMosquitto(dir);
      expect(address).toMatch(/^mqtt:\/\/127\.0\.0\.1:\d+$/);
      expect(addressIn((await services(['env', ...dir])).out)).toBe(address);

      const up = await services(['status', 'mosquitto', ...dir]);
      expect(up.out).toMatch(new RegExp(`^mosquitto +up +\\d+ +\\d+ MB +${address}$`, 'm'));

      const again = await services(['up', 'mosquitto', ...dir]);
      expect(again.errors).toContain('is up already');
      expect(addressIn(again.out)).toBe(address);

      expect((await services(['down', 'mosquitto', ...dir])).status).toBe(0);
      expect((await services(['status', 'mosquitto', ...dir])).out).toMatch(/^mosquitto +down$/m);
      expect((await services(['env', 'mosquitto', ...dir])).out).toBe('');
      await expect(mqtt.connectAsync(address, {}, false)).rejects.toThrow(/ECONNREFUSED/);
    }),
  60_000,
);

it(
  'comes back on the same port with what it was given, also when the environment gives its address',
  () =>
    withServices(async (dir) => {
      const address = await upMosquitto(dir);
      await retain(address, 'kept');
      await services(['down', 'mosquitto', ...dir], { MQTT_URL: address });

      const back = await services(['up', 'mosquitto', ...dir], { MQTT_URL: address });
      expect(addressIn(back.out)).toBe(address);
      expect(await retained(address)).toBe('kept');
    }),
  60_000,
);

it(
  'uses a server that the environment gives, and leaves it running',
  () =>
    withServices(async (own) => {
      const address = await upMosquitto(own);
      await withServices(async (other) => {
        const { out, errors } = await services(['up', 'mosquitto', ...other], { MQTT_URL: address });
        expect(addressIn(out)).toBe(address);
        expect(errors).toContain('uses the server that MQTT_URL gives');
        await services(['down', 'mosquitto', ...other], { MQTT_URL: address });
      });
      expect((await services(['status', 'mosquitto', ...own])).out).toMatch(/^mosquitto +up /m);
      await retain(address, 'still there');
      expect(await retained(address)).toBe('still there');
    }),
  60_000,
);

it(
  'fails when the server that the environment gives does not answer',
  () =>
    withServices(async (dir) => {
      const given = { MQTT_URL: 'mqtt://127.0.0.1:9' };
      const { status, errors } = await services(['up', 'mosquitto', ...dir], given);
      expect(status).toBe(1);
      expect(errors).toMatch(/mosquitto: the server that MQTT_URL gives: not within 10 s \(.*ECONNREFUSED/);
    }),
  40_000,
);

it('refuses a name it does not know, with those it knows', () =>
  withServices(async (dir) => {
    const { status, errors } = await services(['up', 'mosquito', ...dir]);
    expect(status).toBe(1);
    expect(errors).toContain(
      "There is no service 'mosquito'. There are mongodb, kafka, influxdb, mosquitto, rabbitmq, artemis.",
    );
  }));
