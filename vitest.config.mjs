import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { inUserCache } from './tools/setup/user-cache.mjs';

/** Packages resolve to their sources. */
const conditions = ['source', 'node', 'default'];
/** On a loaded machine an honest test takes its time; one that hangs still ends. */
const TIMEOUT_MS = 30_000;

const versionOf = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;
/** Other versions make something else of a source. */
const COMPILERS = ['vitest', 'vite'].map(versionOf).join('-');

/** Specs that need nothing from outside npm. */
export default defineConfig({
  // How long each file took: the longest begin first, also on a new clone.
  cacheDir: inUserCache('vitest'),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  oxc: { target: 'es2022', decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['{libs,apps,test,tools}/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.it.spec.ts'],
    globals: true,
    // Processes, which some specs measure or end. Each loads what specs import once for all of them.
    pool: 'forks',
    isolate: false,
    // On two processors: some wait for what they have started.
    maxWorkers: 3,
    // They throw away some hundred megabytes a second, which Node looks through four times as often by itself.
    execArgv: ['--max-semi-space-size=64'],
    // What was made of a source, by its content: the next run has it, and the other project of the same.
    experimental: { fsModuleCache: true, fsModuleCachePath: inUserCache('vitest-modules', COMPILERS) },
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
  },
});
