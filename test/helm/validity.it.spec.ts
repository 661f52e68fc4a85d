import { CHART, helm, nameOf, ofKind, render } from './chart.js';
import { kubernetesSchemas } from './strict-schemas.js';
import type { Validate } from './strict-schemas.js';
import { MATRIX, VALUES_FILES } from './values-matrix.js';

let faultsOf: Validate;

beforeAll(() => {
  faultsOf = kubernetesSchemas();
});

describe('the chart', () => {
  it.each(VALUES_FILES)('passes the linter with %s', (file) => {
    expect(helm(['lint', '--strict', CHART, '-f', `${CHART}/${file}`])).toContain('0 chart(s) failed');
  });
});

describe.each(MATRIX)('with $title', ({ options }) => {
  it('makes valid objects only', () => {
    expect(render(options).flatMap(faultsOf)).toEqual([]);
  });

  it('gives every object a name and a namespace of its own, and labels to find it by', () => {
    const objects = render(options);
    const names = objects.map((object) => `${object.kind ?? ''} ${nameOf(object)}`);
    expect(new Set(names).size).toBe(names.length);
    for (const object of objects) {
      expect(nameOf(object)).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      expect(object.metadata?.namespace).toBe('twins');
      expect(object.metadata?.labels).toMatchObject({
        'app.kubernetes.io/name': expect.any(String),
        'app.kubernetes.io/instance': options.release ?? 'gemel',
        'app.kubernetes.io/managed-by': 'Helm',
        'helm.sh/chart': expect.stringMatching(/^gemel-\d+\.\d+\.\d+/),
      });
    }
  });

  it('renders the same twice, but for passwords made at random', () => {
    const withoutSecrets = () => {
      const objects = render(options);
      return objects.filter((object) => !ofKind(objects, 'Secret').some((secret) => secret === object));
    };
    expect(withoutSecrets()).toEqual(withoutSecrets());
  });
});

describe('the schemas', () => {
  it('refuse a field that the Kubernetes API does not have, a wrong type, and a missing field', () => {
    const [service] = ofKind(render({}), 'Service');
    const broken = JSON.parse(JSON.stringify(service)) as { spec: { ports: { port?: unknown }[]; sessions?: string } };
    broken.spec.sessions = 'none';
    broken.spec.ports = [{ port: 'http' }, { port: 1.5 }, {}];
    const faults = faultsOf(broken as unknown as NonNullable<typeof service>).join('\n');
    expect(faults).toMatch(/spec must NOT have additional properties.*sessions/);
    expect(faults).toMatch(/ports\/0\/port must be integer/);
    expect(faults).toMatch(/ports\/1\/port must be integer/);
    expect(faults).toMatch(/ports\/2 must have required property 'port'/);
  });
});
