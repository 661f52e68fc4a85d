import { defineConfig } from 'vitest/config';
import { SPECS_ON_MONGODB } from './tools/conformance/on-mongodb.mjs';
import base from './vitest.config.mjs';

const { maxWorkers, ...shared } = base.test;
const ignored = ['**/node_modules/**', '**/dist/**'];
/** A service may have to notice first that somebody has gone. */
const TIMEOUT_MS = 60_000;

/** Specs that need programs from outside npm; `tools/test-services.mjs` sees to it that they are there. */
export default defineConfig({
  test: {
    maxWorkers,
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
  return { ...base, test: { ...shared, testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS, ...own } };
}
