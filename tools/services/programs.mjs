// Programs that tests need: not services, but kept in the same cache.
import { buildStep } from './build-step.mjs';
import { cached } from './cache.mjs';
import { goProgram } from './go-program.mjs';

/** Path of `helm`; built the first time. */
export function helmProgram() {
  return goProgram({ name: 'helm', version: 'v3.19.5', source: 'helm.sh/helm/v3/cmd/helm' });
}

/** Path of `telegraf` with the few plug-ins that OpenTwins uses; built the first time. */
export function telegrafProgram() {
  return goProgram({
    name: 'telegraf',
    version: 'v1.37.2',
    source: 'github.com/influxdata/telegraf/cmd/telegraf',
    tags: ['custom', 'inputs.mqtt_consumer', 'inputs.kafka_consumer', 'outputs.influxdb_v2', 'parsers.json_v2'],
  });
}

const SCHEMATHESIS = '4.32.5';

/** Folder of Python modules that has Schemathesis; installed from PyPI the first time. */
export function schemathesisModules() {
  return cached('schemathesis', SCHEMATHESIS, (partial) =>
    buildStep(
      {
        name: 'schemathesis',
        label: `installing schemathesis ${SCHEMATHESIS} from PyPI (once)`,
        hint: 'Install Python 3.10 or newer with pip if there is none, see the log, then try again.',
      },
      'python3',
      [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location'],
        ...['--target', partial, `schemathesis==${SCHEMATHESIS}`],
      ],
    ),
  );
}
