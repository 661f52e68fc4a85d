import { settings as extendedApi } from '../../apps/extended-api/dist/config.js';
import { settings as ingest } from '../../apps/ingest/dist/config.js';
import { settings as solo } from '../../apps/solo/dist/config.js';
import { settings as things } from '../../apps/things/dist/config.js';

const APPS = Object.entries({ solo, things, 'extended-api': extendedApi, ingest });

/** Units by the last part of a setting's name. */
const UNITS = {
  MS: 'milliseconds',
  S: 'seconds',
  BYTES: 'bytes',
  CHARACTERS: 'characters',
  DAYS: 'days',
  HOURS: 'hours',
  PORT: 'port',
};

/** The page of all settings, from the schemas that read them; one that several processes have is there once. */
export function configurationPage() {
  const names = new Set(APPS.flatMap(([, { shape }]) => Object.keys(shape)));
  return [
    '# Configuration',
    '',
    '<!-- Made by `npm run docs` from apps/*/src/config.ts; do not edit. -->',
    '',
    'Gemel is configured by environment variables, read once at the start. A wrong value, or a `GEMEL_` name that does not',
    'exist, stops the start with every fault listed.',
    '',
    '```sh',
    'GEMEL_HTTP_PORT=9080 GEMEL_DATA_DIR=/tmp/gemel npm start',
    '```',
    '',
    '`solo` is everything in one process, what `npm start` runs; `things`, `extended-api` and `ingest` are the processes of',
    'a cluster, which `npm run start:cluster` and the Helm chart run.',
    '',
    '| Variable | Processes | Default | Unit | Range | Meaning |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...names].map(rowOf),
    '',
  ].join('\n');
}

function rowOf(name) {
  const owners = APPS.filter(([, { shape }]) => name in shape);
  const schemas = owners.map(([app, { shape }]) => [
    app,
    shape[name].toJSONSchema({ io: 'input', unrepresentable: 'any' }),
  ]);
  const [[, schema]] = schemas;
  const processes = owners.length === APPS.length ? 'all' : owners.map(([app]) => app).join(', ');
  const unit = UNITS[name.split('_').at(-1)] ?? '';
  return `| \`${name}\` | ${processes} | ${defaultsOf(schemas)} | ${unit} | ${rangeOf(schema)} | ${schema.description ?? ''} |`;
}

/** One for all, or each with the processes that it holds for. */
function defaultsOf(schemas) {
  const byDefault = new Map();
  for (const [app, schema] of schemas) {
    const usual = defaultOf(schema);
    byDefault.set(usual, [...(byDefault.get(usual) ?? []), app]);
  }
  if (byDefault.size === 1) return [...byDefault.keys()][0];
  return [...byDefault].map(([usual, apps]) => `${usual} (${apps.join(', ')})`).join(', ');
}

function defaultOf({ default: usual }) {
  if (usual === undefined) return 'none: must be set';
  return usual === '' ? 'empty' : `\`${usual}\``;
}

function rangeOf({ enum: choices, minimum, maximum, minLength }) {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (minimum !== undefined && maximum === Number.MAX_SAFE_INTEGER) return `${minimum} or more`;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return minLength === undefined ? '' : 'not empty';
}
