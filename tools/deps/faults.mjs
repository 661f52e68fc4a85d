/** A small tree in which every allowed arrow is drawn once: no rule may object to it. */
export const soundTree = {
  'libs/model/src/ids/index.ts': `export const id = 1;`,
  'libs/model/src/things/index.ts': `export { thing } from './thing.js';`,
  'libs/model/src/things/thing.ts': `import { id } from '../ids/index.js'; export const thing = id;`,
  'libs/model/src/things/egg.ts': `export interface Egg { readonly id: number }`,
  'libs/model/src/things/hen.ts': `import type { Egg } from './egg.js'; export interface Hen { readonly from: Egg }`,
  'libs/model/src/things/thing.spec.ts': `import 'node:assert'; import './thing.js'; import '@gemel/testkit/ports';`,
  'libs/application/src/ports/index.ts': `export type { Store } from './store.js';`,
  'libs/application/src/ports/store.ts': `import { thing } from '@gemel/model/things'; export type Store = typeof thing;`,
  'libs/application/src/things/index.ts': `export { service } from './service.js';`,
  'libs/application/src/things/service.ts': `import type { Store } from '../ports/index.js'; export const service = (store: Store) => store;`,
  'libs/adapters/sqlite/src/index.ts': `import 'node:fs'; import 'driver'; export const sqlite = 1;`,
  'libs/adapters/store-embedded/src/index.ts': `export { store } from './store.js';`,
  'libs/adapters/store-embedded/src/store.ts': `import { sqlite } from '@gemel/sqlite'; import type { Store } from '@gemel/application/ports'; export const store: Store = sqlite;`,
  'libs/adapters/store-embedded/src/store.spec.ts': `import { describeStore } from '@gemel/testkit/ports'; import { store } from './store.js'; describeStore(store);`,
  'libs/adapters/broker-embedded/src/index.ts': `import { thing } from '@gemel/model/things'; export const broker = thing;`,
  'libs/api/src/http/index.ts': `import '@nestjs/common'; import { service } from '@gemel/application/things'; export const http = service;`,
  'libs/testkit/src/ports/index.ts': `import type { Store } from '@gemel/application/ports'; export const describeStore = (store: Store) => store;`,
  'libs/testkit/src/http-api/index.ts': `import { http } from '@gemel/api/http'; export const openApi = http;`,
  'libs/wiring/src/index.ts': `export const wiring = async () => (await import('@gemel/store-embedded')).store;`,
  'apps/solo/src/main.ts': `import '@nestjs/common'; import { http } from '@gemel/api/http'; import { wiring } from '@gemel/wiring'; export { http, wiring };`,
  'test/tour.spec.ts': `import { describeStore } from '@gemel/testkit/ports'; describeStore(1);`,
  'tools/tool.ts': `import 'node:fs';`,
};

const model = 'libs/model/src/things';
const application = 'libs/application/src/things';
const adapter = 'libs/adapters/broker-embedded/src';

/** What each rule must catch: [rule, file, its content]. Ways round a rule count as faults of their own. */
export const plantedFaults = [
  ['model-is-pure', `${model}/node-module.ts`, `import { readFileSync } from 'node:fs'; export { readFileSync };`],
  ['model-is-pure', `${model}/node-module-unprefixed.ts`, `import fs from 'fs'; export { fs };`],
  ['model-is-pure', `${model}/npm-package.ts`, `import 'driver';`],
  ['model-is-pure', `${model}/npm-package-undeclared.ts`, `import 'not-installed-at-all';`],
  ['model-is-pure', `${model}/npm-type.ts`, `import type { Driver } from 'driver'; export type { Driver };`],
  ['model-is-pure', `${model}/npm-lazy.ts`, `export const lazy = () => import('driver');`],
  [
    'model-is-pure',
    `${model}/outward.ts`,
    `import type { Store } from '@gemel/application/ports'; export type { Store };`,
  ],
  ['application-sees-the-model-only', `${application}/driver.ts`, `import 'driver';`],
  ['application-sees-the-model-only', `${application}/clock.ts`, `import 'node:timers';`],
  ['application-sees-the-model-only', `${application}/outward.ts`, `import '@gemel/api/http';`],
  [
    'adapters-see-ports-only',
    `${adapter}/use-case.ts`,
    `import { service } from '@gemel/application/things'; export { service };`,
  ],
  ['adapters-see-ports-only', `${adapter}/api.ts`, `import '@gemel/api/http';`],
  [
    'adapters-never-see-each-other',
    `${adapter}/sibling.ts`,
    `import { store } from '@gemel/store-embedded'; export { store };`,
  ],
  ['adapters-never-see-each-other', `${adapter}/relative.ts`, `import '../../store-embedded/src/index.js';`],
  ['api-sees-use-cases-only', 'libs/api/src/http/adapter.ts', `import '@gemel/store-embedded';`],
  ['api-sees-use-cases-only', 'libs/api/src/http/wiring.ts', `import '@gemel/wiring';`],
  ['wiring-sees-no-driving-side', 'libs/wiring/src/routes.ts', `import '@gemel/api/http';`],
  [
    'only-wiring-picks-adapters',
    'apps/solo/src/adapter.ts',
    `export const lazy = () => import('@gemel/store-embedded');`,
  ],
  ['only-wiring-picks-adapters', 'libs/testkit/src/ports/adapter.ts', `import '@gemel/store-embedded';`],
  ['apps-start-and-nothing-else', 'apps/other/src/main.ts', `import '../../solo/src/main.js';`],
  ['testkit-for-tests-only', 'apps/solo/src/fake.ts', `import '@gemel/testkit/ports';`],
  ['testkit-knows-no-process', 'libs/testkit/src/ports/wiring.ts', `import '@gemel/wiring';`],
  ['nobody-imports-specs', 'test/borrowed.spec.ts', `import './tour.spec.js';`],
  [
    'nest-in-api-and-apps-only',
    'libs/wiring/src/nest.ts',
    `import { Module } from '@nestjs/common'; export { Module };`,
  ],
  [
    'nest-in-api-and-apps-only',
    `${adapter}/nest-type.ts`,
    `import type { Module } from '@nestjs/common'; export type { Module };`,
  ],
  ['product-never-sees-tools-or-tests', 'libs/api/src/http/tool.ts', `import '../../../../tools/tool.js';`],
  ['packages-by-their-exports', 'apps/solo/src/inside.ts', `import '../../../libs/model/src/things/thing.js';`],
  ['packages-by-their-exports', 'test/inside.ts', `import '../libs/adapters/store-embedded/src/store.js';`],
  ['nothing-unresolvable', 'apps/solo/src/unexported.ts', `import '@gemel/model/things/thing';`],
  ['nothing-unresolvable', 'apps/solo/src/missing.ts', `import './nowhere.js';`],
  [
    'folders-by-their-index',
    'libs/application/src/search/past.ts',
    `import { service } from '../things/service.js'; export { service };`,
  ],
  ['no-cycles', `${model}/egg.ts`, `import type { Hen } from './hen.js'; export interface Egg { readonly from: Hen }`],
];
