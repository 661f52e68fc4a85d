import fc from 'fast-check';

import { parseTopic } from '../protocol/index.js';
import { holds, parseCondition, parseTemplate, resolveTemplate } from './template.js';

const context = {
  topic: parseTopic('example/mycar:wheel_1/things/twin/events/merged'),
  entityId: 'example:mycar:wheel_1',
  headers: { 'X-Id': 'seven', list: ['a', 'b'], number: 1 },
  path: ['features', 'gps', 'properties'],
  thing: { attributes: { room: 'kitchen', floor: 2 } },
  subjectId: 'nginx:ditto',
  sourceAddress: 'telemetry/car',
  now: Date.UTC(2024, 1, 29, 11, 30, 15, 250),
};

function resolve(text: string, from: object = context) {
  return resolveTemplate(parseTemplate(text), from);
}

describe('templates', () => {
  it.each([
    ['no placeholder', 'no placeholder'],
    ['', ''],
    [
      'opentwins/{{ topic:channel }}/{{ topic:criterion }}/{{ thing:namespace }}/{{ thing:name }}',
      'opentwins/twin/events/example/mycar:wheel_1',
    ],
    ['{{thing:id}}', 'example:mycar:wheel_1'],
    ['{{ entity:name }}', 'mycar:wheel_1'],
    ['{{ topic:full }}', 'example/mycar:wheel_1/things/twin/events/merged'],
    ['{{ topic:group }}/{{ topic:entityName }}/{{ topic:action-subject }}', 'things/mycar:wheel_1/merged'],
    ['{{ header:x-ID }}', 'seven'],
    ['{{ header:number }}', '1'],
    ['{{ feature:id }}', 'gps'],
    ['{{ resource:type }} {{ resource:path }}', 'thing /features/gps/properties'],
    ['{{ source:address }}', 'telemetry/car'],
    ['{{ request:subjectId }}', 'nginx:ditto'],
    ['{{ thing-json:attributes/room }}{{ thing-json:/attributes/floor }}', 'kitchen2'],
    ['{{ time:now }}', '2024-02-29T11:30:15.250Z'],
    ['{{ time:now-1y }}', '2023-02-28T11:30:15.250Z'],
    ['{{ time:now+1mo[d] }}', '2024-03-29T00:00:00Z'],
    ['{{ time:now[w] }}', '2024-02-26T00:00:00Z'],
    ['{{ time:now_epoch_millis-250ms }}', String(Date.UTC(2024, 1, 29, 11, 30, 15))],
    ["{{ header:none | fn:default('a | b }} c') | fn:upper() }}", 'A | B }} C'],
    ['{{ header:none | fn:default(thing:name) | fn:substring-after(":") }}', 'wheel_1'],
    ["{{ thing:name | fn:filter(header:x-id, 'eq', 'seven') }}", 'mycar:wheel_1'],
  ])('resolves %j to %j', (text, expected) => {
    expect(resolve(text)).toEqual({ kind: 'resolved', values: [expected] });
  });

  it('stands for every combination of several values', () => {
    expect(resolve('{{ header:list }}-{{ header:list }}')).toEqual({
      kind: 'resolved',
      values: ['a-a', 'a-b', 'b-a', 'b-b'],
    });
  });

  it('names each feature that a merge touches', () => {
    const values = ['gps', 'speed'];
    expect(resolve('{{ feature:id }}', { path: [], value: { features: { gps: {}, speed: {} } } })).toEqual({
      kind: 'resolved',
      values,
    });
    expect(resolve('{{ feature:id }}', { path: ['features'], value: { gps: {}, speed: {} } })).toEqual({
      kind: 'resolved',
      values,
    });
    expect(resolve('{{ feature:id }}', { path: ['attributes'], value: { gps: {} } }).kind).toBe('unresolved');
  });

  it.each([
    ['{{ header:none }}', 'unresolved'],
    ['{{ header:__proto__ }}', 'unresolved'],
    ['{{ topic:subject }}', 'unresolved'],
    ['{{ fn:lower() }}', 'unresolved'],
    ["{{ thing:name | fn:filter('eq','other') }}", 'unresolved'],
    ["{{ thing:name | fn:delete() | fn:default('x') }}", 'deleted'],
    ['{{ header:none }}{{ thing:name | fn:delete() }}', 'deleted'],
  ])('leaves %j %s', (text, kind) => {
    expect(resolve(text).kind).toBe(kind);
  });

  it.each([
    ['{{ nothing:id }}', 'placeholder:unresolved'],
    ['{{ __proto__:id }}', 'placeholder:unresolved'],
    ['{{ thing:colour }}', 'placeholder:unresolved'],
    ['{{ time:later }}', 'placeholder:unresolved'],
    ['{{ thing:id', 'placeholder:unresolved'],
    ['{{ lower() }}', 'placeholder:unresolved'],
    ['{{ thing:id | fn:constructor() }}', 'placeholder:function.unknown'],
    ["{{ thing:id | fn:lower('x') }}", 'placeholder:function.signature.invalid'],
    ['{{ thing:id | lower }}', 'placeholder:function.signature.invalid'],
    [`{{ thing:id ${'| fn:trim() '.repeat(11)}}}`, 'placeholder:function.too.complex'],
  ])('refuses %j with %s', (text, code) => {
    expect(() => parseTemplate(text)).toThrow(expect.objectContaining({ code, status: 400 }));
  });

  it.each([
    ["fn:filter(header:x-id,'eq','seven')", true],
    ["fn:filter(header:x-id,'eq','eight')", false],
    ["fn:filter(header:none,'exists')", false],
    ["fn:filter(header:none,'exists','false') | fn:filter(header:x-id,'ne','1')", true],
    ['fn:delete()', false],
  ])('the condition %s is %s', (text, expected) => {
    expect(holds(parseCondition(text), context)).toBe(expected);
  });

  it.each(['', 'header:x-id', 'fn:nothing()'])('refuses the condition %j', (text) => {
    expect(() => parseCondition(text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^placeholder:/) as string }),
    );
  });

  it('refuses to expand without end', () => {
    expect(() => resolve('{{ header:list }}'.repeat(20))).toThrow(
      expect.objectContaining({ code: 'placeholder:function.too.complex' }),
    );
  });

  it('answers any text with a template or an error of its own', () => {
    const piece = fc.oneof(
      fc.constantFrom('{{', '}}', ' ', "'", '"', '|', 'fn:', 'thing:id', '(', ')', ',', 'time:now'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          resolve(pieces.join(''));
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^placeholder:/));
        }
      }),
    );
  });
});
