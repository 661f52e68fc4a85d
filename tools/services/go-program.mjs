import { join } from 'node:path';
import { buildStep } from './build-step.mjs';
import { cached } from './cache.mjs';

export const GO_HINT = 'Install Go (https://go.dev/dl) if there is none, see the log, then try again.';

/**
 * Path of the program that `go install source@version` makes; built into the user's cache the first time.
 * `tags` choose the parts of it that are built in.
 */
export async function goProgram({ name, version, source, tags = [] }) {
  const folder = await cached(name, version, (partial) =>
    buildStep(
      {
        name,
        label: `building ${name} ${version} with Go (once, some minutes)`,
        hint: GO_HINT,
        env: { GOBIN: partial, CGO_ENABLED: '0' },
      },
      'go',
      ['install', ...(tags.length === 0 ? [] : ['-tags', tags.join(',')]), `${source}@${version}`],
    ),
  );
  return join(folder, name);
}
