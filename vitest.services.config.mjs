import { defineConfig } from 'vitest/config';
import { SPECS_ON_MONGODB } from './tools/conformance/on-mongodb.mjs';
import base from './vitest.config.mjs';

const ignored = ['**/node_modules/**', '**/dist/**'];
/** A service may have to notice first that somebody has gone, while others keep the machine busy. */
const TIMEOUT_MS = 120_000;
/** On two processors: whoever waits for a service that is away, or for one to notice, leaves them to the others. */
const WORKERS = 4;

/** Specs that need programs from outside npm; `tools/test-services.mjs` sees to it that they are there. */
export default defineConfig({
  cacheDir: base.cacheDir,
  test: {
    maxWorkers: WORKERS,
    projects: [
      project({
        name: 'with services',
        include: ['{libs,test}/**/*.it.spec.ts'],
        exclude: ignored,
      }),
      project({
        name: 'on MongoDB',
        include: SPECS_ON_MONGODB.include,
        exclude: [...ignored, ...SPECS_ON_MONGODB.exclude],
        setupFiles: ['test/support/api-on-mongodb.ts'],
      }),
    ],
  },
});

function project(own) {
  const shared = { ...base.test, testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS, maxWorkers: WORKERS };
  return { ...base, test: { ...shared, ...own } };
}
