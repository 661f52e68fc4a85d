import base from './jest.config.mjs';
import { SPECS_ON_MONGODB } from './tools/conformance/on-mongodb.mjs';

/** What belongs to all projects together. */
const ofAll = {
  maxWorkers: 2,
  // In a process that has run a hundred suites each takes several times as long as in a new one.
  workerIdleMemoryLimit: base.workerIdleMemoryLimit,
  // A service may have to notice first that somebody has gone.
  testTimeout: 60_000,
};
const shared = Object.fromEntries(Object.entries(base).filter(([key]) => !(key in ofAll)));
const ignored = ['/node_modules/', '/dist/'];

/** Tests that need programs from outside npm; `tools/test-services.mjs` sees to it that they are there. */
export default {
  ...ofAll,
  projects: [
    {
      ...shared,
      testMatch: ['<rootDir>/libs/**/*.it.spec.ts', '<rootDir>/test/**/*.it.spec.ts'],
      testPathIgnorePatterns: ignored,
    },
    {
      ...shared,
      displayName: 'on MongoDB',
      testMatch: SPECS_ON_MONGODB.testMatch,
      testPathIgnorePatterns: [...ignored, ...SPECS_ON_MONGODB.ignored],
      setupFilesAfterEnv: ['<rootDir>/test/support/api-on-mongodb.ts'],
    },
  ],
};
