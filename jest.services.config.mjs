import base from './jest.config.mjs';
import { SPECS_ON_MONGODB } from './tools/conformance/on-mongodb.mjs';

/** What belongs to all projects together. */
const ofAll = {
  maxWorkers: 1,
  // A service may have to notice first that somebody has gone.
  testTimeout: 60_000,
};
const OF_NO_PROJECT = [...Object.keys(ofAll), 'workerIdleMemoryLimit'];
const shared = Object.fromEntries(Object.entries(base).filter(([key]) => !OF_NO_PROJECT.includes(key)));
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
