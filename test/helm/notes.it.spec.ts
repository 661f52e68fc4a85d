import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHART, helm } from './chart.js';
import { MATRIX } from './values-matrix.js';

let chart: string;

// `helm template` leaves the notes out: here they are a template like the others.
beforeAll(() => {
  chart = mkdtempSync(join(tmpdir(), 'gemel-chart-'));
  cpSync(CHART, chart, { recursive: true });
  const notes = readFileSync(join(CHART, 'templates/NOTES.txt'), 'utf8');
  const text = `{{- define "notes" -}}\n${notes}{{- end -}}\ntext: {{ include "notes" . | toJson }}\n`;
  writeFileSync(join(chart, 'templates/notes.yaml'), text);
  rmSync(join(chart, 'templates/NOTES.txt'));
});

afterAll(() => {
  rmSync(chart, { recursive: true, force: true });
});

function notesOf(values: object, file = 'values.yaml', kubernetes = '1.34.0'): string {
  const only = ['--show-only', 'templates/notes.yaml', '--kube-version', kubernetes];
  const text = helm(
    ['template', 'gemel', chart, '-n', 'twins', '-f', join(chart, file), '-f', '-', ...only],
    JSON.stringify(values),
  );
  return (parse(text) as { text: string }).text;
}

describe('the notes after an installation', () => {
  it.each(MATRIX)('say how to check it, with $title', ({ options: { values = {}, file } }) => {
    expect(notesOf(values, file)).toContain('helm -n twins test gemel');
  });

  it('tell where passwords are, and never the passwords', () => {
    expect(notesOf({})).toContain("get secret gemel-users -o jsonpath='{.data.ditto-password}'");
    expect(notesOf({ users: { value: 'ann:Th1sIsSecret' } })).not.toContain('Th1sIsSecret');
    expect(notesOf({}, 'values-production.yaml')).toContain('Secret gemel-users');
  });

  it('tell where the API is', () => {
    expect(notesOf({})).toContain('port-forward service/gemel-solo 8080:8080');
    expect(notesOf({}, 'values-production.yaml')).toContain('https://twins.example.com/apidoc/');
  });

  it('warn of what loses data or requests', () => {
    expect(notesOf({})).not.toContain('WARNING');
    expect(notesOf({ solo: { persistence: { enabled: false } } })).toContain('WARNING: solo.persistence.enabled');
    expect(notesOf({}, 'values-try.yaml')).toContain('WARNING: grafana, influxdb, kafka, mongodb, mosquitto: bundled');
    expect(notesOf({}, 'values.yaml', '1.29.0')).toContain('WARNING: Kubernetes v1.29.0');
  });
});
