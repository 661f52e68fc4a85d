import { BROKERS } from '../support/brokers/index.js';
import { ScriptModules } from '../support/script-modules.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';
import { describeConnection } from './cases/describe-connection.js';
import { describeScripts } from './cases/script-cases.js';

const modules = new ScriptModules();
let solo: Solo;

beforeAll(async () => {
  solo = await startSharedSolo(modules.settings);
});

afterAll(async () => {
  modules.remove();
  expect(await solo.stop()).toBe(0);
});

const started = () => ({ urls: () => [solo.http], log: () => solo.log() });

for (const [name, traits] of Object.entries(BROKERS)) describeConnection(`a connection over ${name}`, traits, started);

describeScripts(started);
