import { defineConfig, globalIgnores } from 'eslint/config';
import vitest from '@vitest/eslint-plugin';
import tseslint from 'typescript-eslint';
import { fileName } from './tools/lint/file-name.mjs';

/*
 * The house rules that a linter can hold (CONTRIBUTING.md has them all).
 * `no-restricted-syntax` is replaced, not merged, by a later block: each block says the whole list.
 */
const forbidden = {
  defaultExport: {
    selector: 'ExportDefaultDeclaration',
    message: 'Named exports only: a name that everybody spells alike can be searched.',
  },
  enum: {
    selector: 'TSEnumDeclaration',
    message: 'Use a union of literals, or a const object and `type X = (typeof X)[keyof typeof X]`.',
  },
  name: {
    selector:
      ':matches(ClassDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration)' +
      '[id.name=/^I[A-Z][a-z]|(Impl|Manager|Helpers?|Utils?)$/]',
    message: 'Say what it is in the domain: no I prefix, no Impl, Manager, Helper or Util.',
  },
  constructorArguments: {
    selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>4]',
    message: 'Four arguments at most: split the class, or take an options type.',
  },
  assertion: {
    selector:
      'TSAsExpression' +
      ':not([typeAnnotation.typeName.name="const"])' +
      ':not(FunctionDeclaration[id.name=/^parse/] TSAsExpression)' +
      ':not(VariableDeclarator[id.name=/^parse/] TSAsExpression)' +
      ':not(MethodDefinition[key.name=/^parse/] TSAsExpression)',
    message: 'Only a function named parse… may assert a type: it has just checked it.',
  },
  currentDate: {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Time comes from the Clock port.',
  },
  sleep: {
    selector: 'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"]',
    message: 'Wait on a condition, not for a time.',
  },
};
const everywhere = [forbidden.enum, forbidden.name, forbidden.constructorArguments];
const sources = [...everywhere, forbidden.defaultExport, forbidden.assertion];

const clock = { object: 'Date', property: 'now', message: 'Time comes from the Clock port.' };
const randomness = { object: 'Math', property: 'random', message: 'Ids and randomness come from ports.' };
const environment = {
  object: 'process',
  property: 'env',
  message: 'Only config.ts reads the environment; take the setting as an argument.',
};

const specs = ['**/*.spec.ts', 'test/**/*.ts', 'libs/testkit/src/**/*.ts'];

export default defineConfig(
  globalIgnores(['**/dist/', '**/bundle/', '**/node_modules/', '.cache/', 'coverage/', 'data/', '**/generated/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { plugins: { gemel: { rules: { 'file-name': fileName } } }, rules: { 'gemel/file-name': 'error' } },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An async port method whose embedded adapter has nothing to await is not a mistake.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `record['key']` is what noPropertyAccessFromIndexSignature asks for.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // An index signature may name its key: `{ [featureId: string]: Feature }`.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // Nest types its options as classes and takes literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-console': 'error',
      'no-empty': 'error',
      'no-restricted-properties': ['error', clock, randomness, environment],
      'no-restricted-syntax': ['error', ...sources, forbidden.currentDate],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    // Everything that is not deterministic comes through a port.
    files: ['libs/{model,application}/src/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto', 'fetch', 'process'].map((name) => ({
          name,
          message: 'The model and the use cases get this through a port.',
        })),
      ],
    },
  },
  {
    // Where the ports of time and randomness are fulfilled.
    files: ['libs/adapters/*/src/**/*.ts', 'libs/{wiring,process}/src/**/*.ts', 'apps/*/src/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', environment],
      'no-restricted-syntax': ['error', ...sources],
    },
  },
  { files: ['apps/*/src/{config,main,fsck}.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['apps/*/src/main.ts'], rules: { 'no-console': 'off' } },
  {
    files: specs,
    extends: [vitest.configs.recommended],
    rules: {
      'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert', '**.expect'] }],
      'vitest/no-disabled-tests': 'error',
      'vitest/no-export': 'off',
      // A property's body and a table row may expect by case.
      'vitest/no-conditional-expect': 'off',
      'vitest/no-standalone-expect': 'off',
      'vitest/valid-title': ['error', { ignoreTypeOfDescribeName: true }],
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', ...everywhere, forbidden.defaultExport, forbidden.sleep],
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Waiting on a condition is built on pauses, here only.
    files: ['test/support/**/*.ts', 'libs/testkit/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...everywhere, forbidden.defaultExport] },
  },
  {
    files: ['tools/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.recommended],
    // Nobody else looks for names that are nowhere: the compiler does not read these.
    languageOptions: {
      globals: Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly'])),
    },
    rules: { 'no-restricted-syntax': ['error', ...everywhere], 'no-undef': 'error' },
  },
);
