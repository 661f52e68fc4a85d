import { settings } from '../../apps/solo/dist/config.js';

/** Units by the last part of a setting's name. */
const UNITS = { MS: 'milliseconds', S: 'seconds', BYTES: 'bytes', DAYS: 'days', HOURS: 'hours', PORT: 'port' };

/** The page of all settings, from the schema that reads them. */
export function configurationPage() {
  const rows = Object.entries(settings.shape).map(([name, field]) => {
    const schema = field.toJSONSchema({ io: 'input', unrepresentable: 'any' });
    return `| \`${name}\` | ${defaultOf(schema)} | ${UNITS[name.split('_').at(-1)] ?? ''} | ${rangeOf(schema)} | ${schema.description ?? ''} |`;
  });
  return [
    '# Configuration',
    '',
    '<!-- Made by `npm run docs` from apps/solo/src/config.ts; do not edit. -->',
    '',
    'Gemel is configured by environment variables, read once at the start. A wrong value, or a `GEMEL_` name that does not',
    'exist, stops the start with every fault listed.',
    '',
    '```sh',
    'GEMEL_HTTP_PORT=9080 GEMEL_DATA_DIR=/tmp/gemel npm start',
    '```',
    '',
    '| Variable | Default | Unit | Range | Meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
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
