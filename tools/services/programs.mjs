// Programs that the Helm chart's tests need: not services, but kept in the same cache.
import { goProgram } from './go-program.mjs';

/** Path of `helm`; built the first time. */
export function helmProgram() {
  return goProgram({ name: 'helm', version: 'v3.19.5', source: 'helm.sh/helm/v3/cmd/helm' });
}
