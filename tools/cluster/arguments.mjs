import { readArguments } from '../setup/read-arguments.mjs';

const USAGE = `Usage: npm run start:cluster -- [options]

  --replicas N             processes of each app; default 1
  --things-port P          port of the first things process, the others follow; free ones without it
  --extended-api-port P    the same for extended-api
  --ingest-port P          the same for ingest
  --database NAME          in MongoDB; default gemel
  --topic NAME             in Kafka; default gemel-events
  --bucket NAME            in InfluxDB; default default
  --help                   show this text

Services that the environment names are used: MONGODB_URL, KAFKA_BROKERS, INFLUXDB_URL with INFLUXDB_TOKEN and
INFLUXDB_ORG, MQTT_URL. The others are started, and stopped at the end. Settings of the apps are GEMEL_ variables: see
docs/configuration.md.
`;

const MOST_REPLICAS = 16;

const OPTIONS = {
  replicas: { type: 'string', default: '1' },
  'things-port': { type: 'string', default: '0' },
  'extended-api-port': { type: 'string', default: '0' },
  'ingest-port': { type: 'string', default: '0' },
  database: { type: 'string', default: 'gemel' },
  topic: { type: 'string', default: 'gemel-events' },
  bucket: { type: 'string', default: 'default' },
};

/** What was asked on the command line; ends the process when it was for help, or is wrong. */
export const clusterArguments = () => readArguments({ usage: USAGE, options: OPTIONS }, read);

function read({ values }) {
  return {
    replicas: numberIn('--replicas', values.replicas, 1, MOST_REPLICAS),
    ports: {
      things: portIn('things-port', values),
      'extended-api': portIn('extended-api-port', values),
      ingest: portIn('ingest-port', values),
    },
    database: values.database,
    topic: values.topic,
    bucket: values.bucket,
  };
}

/** 0 for free ones. */
function portIn(name, values) {
  return numberIn(`--${name}`, values[name], 0, 65_535 - MOST_REPLICAS);
}

function numberIn(name, text, least, most) {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${name} must be a number from ${least} to ${most}, not '${text}'`);
}
