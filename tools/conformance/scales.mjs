import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../setup/run-step.mjs';
import { runsOnMongoDb } from './on-mongodb.mjs';

const STARTS_SOLO = /\b(?:startSolo|startSharedSolo|withSolo)\b/;
const STARTS_CLUSTER = /\b(?:startCluster|startConnectingCluster|withCluster)\b/;

/**
 * Whether tests prove something of one process, of a cluster, or of both. A black box does it of what it starts, whatever
 * services stand beside that; an adapter against a service, of a cluster.
 * @param file from the root on
 */
export function scalesOf(file) {
  if (!/\.it\.spec\.ts$|-cases\.ts$/.test(file)) return { solo: true, cluster: runsOnMongoDb(file) };
  if (!file.startsWith('test/')) return { solo: false, cluster: true };
  const sources = specsWith(file).map((spec) => readFileSync(join(ROOT, spec), 'utf8'));
  const starts = (pattern) => sources.some((source) => pattern.test(source));
  return { solo: starts(STARTS_SOLO), cluster: starts(STARTS_CLUSTER) };
}

/** The specs that run the cases of a file, directly or through other cases; a spec alone. */
function specsWith(file) {
  if (file.endsWith('.spec.ts')) return [file];
  const cases = dirname(file);
  return [dirname(cases), cases].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .filter((other) => imports(other, basename(file, '.ts')))
      .flatMap(specsWith),
  );
}

function imports(file, name) {
  return readFileSync(join(ROOT, file), 'utf8').includes(`/${name}.js'`);
}
