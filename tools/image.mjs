// `node tools/image.mjs FOLDER`: puts what runs into the folder: the programs, and the packages that they use. The
// Dockerfile calls it when everything is built and npm has removed what only development needs.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './setup/run-step.mjs';

/** For people and compilers, not for Node.js. */
const NOT_RUN = /\.(?:d\.[cm]?ts|map|tsbuildinfo|md|markdown)$|\/(?:\.package-lock\.json|\.bin)$/;
const FOR_TESTS = 'libs/testkit';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Usage: node tools/image.mjs FOLDER');
  process.exit(2);
}

const packages = JSON.parse(readFileSync(join(ROOT, 'tsconfig.build.json'), 'utf8'))
  .references.map(({ path }) => dirname(path))
  .filter((path) => path !== FOR_TESTS);
copy('package.json');
copy('LICENSE');
copy('node_modules');
for (const path of packages) {
  copy(`${path}/package.json`);
  if (path.startsWith('apps/')) copy(`${path}/bundle`);
  if (readdirSync(join(ROOT, path)).includes('node_modules')) copy(`${path}/node_modules`);
}
rmSync(join(folder, 'node_modules/@gemel/testkit'), { force: true });
mkdirSync(join(folder, 'data'));

function copy(path) {
  const filter = (source) => !NOT_RUN.test(source);
  cpSync(join(ROOT, path), join(folder, path), { recursive: true, verbatimSymlinks: true, filter });
}
