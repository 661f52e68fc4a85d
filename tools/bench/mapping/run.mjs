// `npm run bench -- --mapping`: messages a second that one core maps by a script, beside the mapper for Ditto Protocol messages.
// Writes docs/benchmarks.md.
import { scriptEngines } from '../../../libs/wiring/dist/index.js';
import { dittoMapper } from '@gemel/model/mapping';
import { parseTopic } from '@gemel/model/protocol';
import { cells, machine, whole, writeSection } from '../page.mjs';

const SECONDS = 6;
const ROUNDS = 3;

const incoming = `
function mapToDittoProtocolMsg(headers, textPayload, bytePayload, contentType) {
  const reading = JSON.parse(textPayload);
  return Ditto.buildDittoProtocolMsg('org.eclipse.ditto', headers['device_id'], 'things', 'twin', 'commands', 'modify',
    '/features', headers, {
      temperature: { properties: { value: Number(reading.temp.split(' ')[0]) } },
      pressure: { properties: { value: reading.pres.value } },
      humidity: { properties: { value: reading.hum } },
    });
}`;
const outgoing = `
function mapFromDittoProtocolMsg(namespace, name, group, channel, criterion, action, path, dittoHeaders, value) {
  return Ditto.buildExternalMsg({ 'correlation-id': dittoHeaders['correlation-id'] },
    JSON.stringify({ id: namespace + ':' + name, value: value }), null, 'application/json');
}`;

const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
const reading = { temp: '23.42 °C', hum: 78, pres: { value: 760, unit: 'mmHg' } };
const headers = {
  device_id: 'sensor1',
  'content-type': 'application/json',
  'mqtt.topic': 'telemetry/sensor1',
  'mqtt.qos': '1',
};
const event = {
  topic: 'org.eclipse.ditto/sensor1/things/twin/events/modified',
  headers: { 'correlation-id': 'c', 'entity-revision': 1 },
  path: '/features',
  value: { temperature: { properties: { value: 23.42 } }, humidity: { properties: { value: 78 } } },
  revision: 1,
};
const command = { ...event, topic: 'org.eclipse.ditto/sensor1/things/twin/commands/modify' };
const signal = { topic: parseTopic(event.topic), json: event };

const script = await (
  await scriptEngines.quickjs({ modulesDir: undefined })
).open({ incoming, outgoing, loadsByteBuffer: false, loadsLong: false }, 'bench');
const [scripted, plain] = [
  { headers, payload: bytes(reading) },
  { headers, payload: bytes(command) },
];
const cases = {
  'JavaScript, in': () => script.incoming(scripted),
  'JavaScript, out': () => script.outgoing(signal),
  'Ditto, in': () => dittoMapper.incoming(plain),
  'Ditto, out': () => dittoMapper.outgoing(signal),
};
const rows = Object.entries(cases).map(([name, map]) =>
  cells(
    name,
    `${whole(Math.max(...Array.from({ length: ROUNDS }, () => rate(map))))}/s`,
    name.startsWith('JavaScript') ? '≥ 15,000/s' : '',
  ),
);
script.close();
const text = `## Payload mappers

Written by \`npm run bench -- --mapping\`. Messages a second of processor time, so that a busy machine measures about the same: best of ${ROUNDS} rounds.

Machine: ${machine()}. The scripts make a Ditto Protocol message of three readings, and a JSON text of an event; they run with all their limits.

| mapper | one core | target |
| --- | --- | --- |
${rows.join('\n')}
`;
console.log(text);
await writeSection('mapping', text);

/** By the time that the processor has worked for it: a busy machine measures the same. */
function rate(map) {
  const end = performance.now() + (SECONDS * 1_000) / ROUNDS;
  const begin = process.cpuUsage();
  let count = 0;
  while (performance.now() < end) {
    for (let index = 0; index < 100; index++) map();
    count += 100;
  }
  const { user, system } = process.cpuUsage(begin);
  return (1_000_000 * count) / (user + system);
}
