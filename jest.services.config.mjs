import base from './jest.config.mjs';

/** Tests that need programs from outside npm; `tools/test-services.mjs` sees to it that they are there. */
export default {
  ...base,
  testMatch: ['<rootDir>/libs/**/*.it.spec.ts', '<rootDir>/test/**/*.it.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  maxWorkers: 1,
  // A service may have to notice first that somebody has gone.
  testTimeout: 60_000,
};
