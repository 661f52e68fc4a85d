import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requiredVariable } from '@gemel/testkit/network';

/** A Telegraf that brings events of twins to InfluxDB as that of OpenTwins does. */
export interface Telegraf {
  readonly log: () => string;
  stop(): Promise<void>;
}

export interface TelegrafPlaces {
  readonly mqttUrl: string;
  readonly topic: string;
  readonly bucket: string;
}

/** What it gathers from an event: tags, and all values below `value`, features at the same names from wherever they come. */
const PARSING = `
  data_format = "json_v2"
  [[inputs.mqtt_consumer.json_v2]]
    [[inputs.mqtt_consumer.json_v2.tag]]
      path = "extra.attributes._parents"
      rename = "parent"
      optional = true
    [[inputs.mqtt_consumer.json_v2.tag]]
      path = "extra.thingId"
      rename = "thingId"
    [[inputs.mqtt_consumer.json_v2.tag]]
      path = "headers.ditto-originator"
      rename = "originator"
      optional = true
    [[inputs.mqtt_consumer.json_v2.object]]
      path = "{value}"
      optional = true
      excluded_keys = ["value_thingId", "value_policyId", "value_attributes", "value_features"]
    [[inputs.mqtt_consumer.json_v2.object]]
      path = '{"value":value.features}'
      optional = true
`;

function configuration({ mqttUrl, topic, bucket }: TelegrafPlaces): string {
  return `
[agent]
  interval = "1s"
  flush_interval = "1s"
  omit_hostname = true

[[outputs.influxdb_v2]]
  urls = ["${requiredVariable('INFLUXDB_URL')}"]
  token = "${requiredVariable('INFLUXDB_TOKEN')}"
  organization = "${requiredVariable('INFLUXDB_ORG')}"
  bucket = "${bucket}"

[[inputs.mqtt_consumer]]
  servers = ["${mqttUrl.replace(/^mqtt:/, 'tcp:')}"]
  topics = ["${topic}"]
  qos = 1
${PARSING}`;
}

/** Resolves when it has subscribed. */
export async function startTelegraf(places: TelegrafPlaces): Promise<Telegraf> {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-telegraf-'));
  const file = join(folder, 'telegraf.conf');
  await writeFile(file, configuration(places));
  const child = spawn(requiredVariable('TELEGRAF'), ['--config', file, '--debug'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  const connected = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('Connected [')) resolve();
    });
  });
  const exited = once(child, 'exit');
  await Promise.race([connected, exited.then(() => Promise.reject(new Error(log)))]);
  return {
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
