import fc from 'fast-check';

import { parseTemplate, resolveTemplate } from '../placeholders/index.js';
import { formatAddress, parseConnectionUri } from './connection-uri.js';
import { enforce } from './enforcement.js';
import { mapHeaders, traceHeaders } from './header-mapping.js';
import { mqttAddressFault, mqttFilterFault, topicNameFault, unsharedFilter } from '../topics/index.js';
import { filterTest, matchesFilter } from '../topics/index.js';

describe('topic filters', () => {
  it.each([
    ['telemetry/#', 'telemetry', true],
    ['telemetry/#', 'telemetry/a/b', true],
    ['telemetry/#', 'telemetryx', false],
    ['+/b', 'a/b', true],
    ['+/b', 'a/b/c', false],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['+', '', true],
  ])('%s and %s: %j', (filter, topic, expected) => {
    expect(matchesFilter(filter, topic)).toBe(expected);
    expect(filterTest(filter)(topic)).toBe(expected);
  });

  it.each(['a', '+', '#', '+/+/#', '/', '$share/group/a/#'])('takes %s', (filter) => {
    expect(mqttFilterFault(filter)).toBeUndefined();
  });

  it.each(['', 'a+', '+a/b', 'a/#/b', 'a#', '##', 'a\0'])('refuses %j', (filter) => {
    expect(mqttFilterFault(filter)).toMatch(/must be an MQTT topic filter/);
  });

  it('match without the group of a shared subscription', () => {
    expect(unsharedFilter('$share/group/a/#')).toBe('a/#');
    expect(unsharedFilter('$shared/a')).toBe('$shared/a');
  });

  it.each(['a', '/', 'ä b'])('may be the name of a topic: %j', (topic) => {
    expect(topicNameFault(topic)).toBeUndefined();
  });

  it.each([
    ['a/+', "neither '+' nor '#'"],
    ['#', "neither '+' nor '#'"],
    ['a\0', 'nor U+0000'],
    ['', 'never empty'],
    ['x'.repeat(21_846), '21845 characters at most'],
  ])('are no topic names: %j', (topic, fault) => {
    expect(topicNameFault(topic)).toContain(fault);
  });
});

describe('the address of a target', () => {
  const example = "t/{{ thing:name | fn:replace('+','-') | fn:replace('#','-') }}";

  it('makes a topic name of the name of any thing, when it replaces what a topic cannot have', () => {
    const address = parseTemplate(example);
    expect(mqttAddressFault(address)).toBeUndefined();
    expect(resolveTemplate(address, { entityId: 'a:b+c#d' })).toEqual({ kind: 'resolved', values: ['t/b-c-d'] });
  });
});

describe('connection URIs', () => {
  const schemes = { mqtt: 1_883 };
  const text = fc.string({ minLength: 1, maxLength: 20 });

  it('bring user and password back, whatever they hold, and never show them', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 65_535 }), (username, password, port) => {
        const uri = `mqtt://${encodeURIComponent(username)}:${encodeURIComponent(password)}@host:${port}`;
        const parsed = parseConnectionUri(uri, schemes);
        expect(parsed).toEqual({ scheme: 'mqtt', host: 'host', port, path: '', username, password });
        expect(typeof parsed === 'string' ? parsed : formatAddress(parsed)).toBe(`mqtt://host:${port}`);
      }),
    );
  });
});

describe('enforce', () => {
  const enforcement = {
    input: parseTemplate('{{ source:address }}'),
    filters: [parseTemplate('telemetry/{{ thing:namespace }}/{{ thing:name }}'), parseTemplate('{{ header:any }}')],
  };

  it('lets a message be about the thing of its address only', () => {
    const context = { entityId: 'a:b', sourceAddress: 'telemetry/a/b' };
    expect(() => enforce(enforcement, context)).not.toThrow();
    expect(() => enforce(enforcement, { ...context, entityId: 'a:c' })).toThrow(
      expect.objectContaining({ code: 'connectivity:connection.id.enforcement.failed', status: 400 }),
    );
    expect(() => enforce(enforcement, { entityId: 'a:b' })).toThrow(/may not be about 'a:b'/);
  });
});

describe('header mapping', () => {
  it('leaves out what does not resolve, and what is internal', () => {
    const mapping = new Map(
      Object.entries({ device: '{{ header:id }}', none: '{{ header:none }}', 'ditto-x': 'y' }).map(
        ([name, template]) => [name, parseTemplate(template)] as const,
      ),
    );
    expect(mapHeaders(mapping, { headers: { ID: ['a', 'b'] } })).toEqual({ device: 'a,b' });
  });

  it('takes the trace along', () => {
    expect(traceHeaders({ traceparent: '00-a', 'correlation-id': 'c', other: 'x', tracestate: 7 })).toEqual({
      traceparent: '00-a',
      'correlation-id': 'c',
    });
  });
});
