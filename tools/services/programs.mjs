// Programs that tests need: not services, but kept in the same cache.
import { buildStep } from './build-step.mjs';
import { cached } from './cache.mjs';
import { goProgram } from './go-program.mjs';

/** Path of `helm`; built the first time. */
export function helmProgram() {
  return goProgram({ name: 'helm', version: 'v3.19.5', source: 'helm.sh/helm/v3/cmd/helm' });
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
