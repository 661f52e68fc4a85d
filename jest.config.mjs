/** Runs TypeScript as native ESM; packages resolve to their sources by the `source` export condition. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: [
    '<rootDir>/libs/**/*.spec.ts',
    '<rootDir>/apps/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
    '<rootDir>/tools/**/*.spec.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.it\\.spec\\.ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  maxWorkers: 2,
  // Each file leaves megabytes behind, and collecting garbage among them takes ever longer: a new process is quicker.
  workerIdleMemoryLimit: '600MB',
  // On a loaded machine an honest test takes its time; one that hangs still ends.
  testTimeout: 30_000,
};
