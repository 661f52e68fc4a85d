import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { componentOf, environmentOf, podsOf, render } from './chart.js';
import { resolvedEnvironment } from './references.js';
import { EVERY_DOOR, EVERY_SETTING, MATRIX } from './values-matrix.js';

/** What a process makes of its environment; the same module in every app. */
interface Configuration {
  readonly settings: { readonly shape: object };
  /** @throws listing every fault */
  readonly readSettings: (environment: Readonly<Record<string, string>>) => unknown;
}

/** Values of the Secrets that the values only name. */
const ELSEWHERE = {
  GEMEL_USERS: 'someone:secret,operator:secret:operator',
  GEMEL_MONGODB_URL: 'mongodb://user:secret@mongo:27017/',
  GEMEL_INFLUXDB_TOKEN: 'secret',
  GEMEL_OIDC_ISSUERS: '{"keycloak":"keycloak.example.com/realms/twins"}',
  GEMEL_DEVOPS_OIDC_ISSUERS: '{}',
  GEMEL_MQTT_URL: 'mqtts://user:secret@broker:8883',
};

const APPS = ['solo', 'things', 'extended-api', 'ingest'].filter((app) => existsSync(configOf(app)));
const configurations = new Map<string, Configuration>();

beforeAll(async () => {
  for (const app of APPS) configurations.set(app, (await import(configOf(app))) as Configuration);
});

describe.each(MATRIX)('with $title', ({ options }) => {
  it('gives each process settings that it takes, all of them right', () => {
    const objects = render(options);
    const pods = podsOf(objects).filter((pod) => componentOf(pod) !== 'test');
    for (const pod of pods) {
      const configuration = configurations.get(componentOf(pod));
      if (configuration === undefined) continue;
      const names = environmentOf(pod)
        .map(({ name }) => name)
        .filter((name) => name.startsWith('GEMEL_'));
      expect(new Set(names).size).toBe(names.length);
      expect(Object.keys(configuration.settings.shape)).toEqual(expect.arrayContaining(names));
      expect(() => configuration.readSettings(resolvedEnvironment(objects, pod, ELSEWHERE))).not.toThrow();
    }
  });
});

it('has a value for every setting of solo', () => {
  const [solo] = podsOf(render({ values: { config: EVERY_SETTING, ...EVERY_DOOR } }));
  const given = solo === undefined ? [] : environmentOf(solo).map(({ name }) => name);
  expect(given).toEqual(expect.arrayContaining(Object.keys(configurations.get('solo')?.settings.shape ?? {})));
});

function configOf(app: string): string {
  return fileURLToPath(new URL(`../../apps/${app}/src/config.ts`, import.meta.url));
}
