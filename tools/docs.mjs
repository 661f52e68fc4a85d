// `npm run docs`: writes the generated pages; `npm run docs -- --check` fails when one is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import { readArguments } from './setup/read-arguments.mjs';
import { ROOT } from './setup/run-step.mjs';
import { setUp } from './setup/set-up.mjs';

const USAGE = `Usage: npm run docs -- [--check]

Writes the pages that are made from the code; with --check it only says which are stale, and fails when one is.
`;

const { check } = readArguments({ usage: USAGE, options: { check: { type: 'boolean', default: false } } });
await setUp();
const { errorsPage } = await import('./docs/errors-page.mjs');
const { configurationPage } = await import('./docs/configuration-page.mjs');
const { chartPage } = await import('./docs/chart-page.mjs');
const { connectionsCoveragePage, coveragePage, extendedCoveragePage } = await import('./docs/coverage-page.mjs');
const { routesPage } = await import('./docs/routes-page.mjs');
const { servedPaths } = await import('./docs/served-paths.mjs');
const pages = {
  'docs/errors.md': await errorsPage(),
  'docs/configuration.md': configurationPage(),
  'docs/coverage.md': coveragePage(),
  'docs/coverage-extended.md': extendedCoveragePage(),
  'docs/coverage-connections.md': connectionsCoveragePage(),
  'docs/routes.md': routesPage(await servedPaths()),
  'helm/gemel/README.md': chartPage(),
};

for (const [path, text] of Object.entries(pages)) {
  const file = join(ROOT, path);
  const formatted = await prettier.format(text, { ...(await prettier.resolveConfig(file)), parser: 'markdown' });
  if (!check) {
    writeFileSync(file, formatted);
  } else if (readIfThere(file) !== formatted) {
    console.error(`${path} is stale: npm run docs`);
    process.exitCode = 1;
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
