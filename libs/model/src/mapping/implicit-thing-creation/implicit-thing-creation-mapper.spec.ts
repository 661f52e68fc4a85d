import { mapIn, mapperOf } from '@gemel/testkit/mapping';
import { defineError } from '../../errors/index.js';
import type { JsonObject } from '../../json/index.js';

describe('the mapper ImplicitThingCreation', () => {
  const thing = {
    thingId: '{{ header:device_id }}',
    _copyPolicyFrom: '{{ ref:things/a:template/policyId }}',
    attributes: {
      by: '{{ request:subjectId }}',
      at: '{{ time:now }}',
      '{{ header:key }}': 1,
      list: ['{{ header:device_id }}', 2],
    },
  };

  it('creates the thing unless it is there, with placeholders resolved in its tree', () => {
    const mapper = mapperOf('ImplicitThingCreation', { thing });
    expect(mapIn(mapper, 'anything', { device_id: 'a:car', key: 'quo"te' })).toEqual([
      {
        topic: 'a/car/things/twin/commands/create',
        headers: { 'If-None-Match': '*', 'allow-policy-lockout': true },
        path: [],
        value: {
          thingId: 'a:car',
          _copyPolicyFrom: '{{ ref:things/a:template/policyId }}',
          attributes: { by: 'nginx:me', at: '2024-01-06T14:23:42.123Z', 'quo"te': 1, list: ['a:car', 2] },
        },
      },
    ]);
    expect(mapper.isNoFailure?.(new (defineError('x', 412, () => ({ message: '' })))())).toBe(true);
    expect(mapper.isNoFailure?.(new (defineError('x', 400, () => ({ message: '' })))())).toBe(false);
  });

  it('takes the headers of its options', () => {
    const commandHeaders = { 'correlation-id': '{{ header:correlation-id }}', x: '{{ header:none }}' };
    const mapper = mapperOf('ImplicitThingCreation', {
      thing: { thingId: 'a:b' },
      commandHeaders,
      allowPolicyLockout: false,
    });
    expect(mapIn(mapper, '', { 'correlation-id': 'c' })[0]?.headers).toEqual({
      'If-None-Match': '*',
      'correlation-id': 'c',
      'allow-policy-lockout': false,
    });
  });

  it('refuses a message that lacks what it needs', () => {
    const mapper = mapperOf('ImplicitThingCreation', { thing });
    expect(() => mapIn(mapper, '', { key: 'x' })).toThrow(expect.objectContaining({ code: 'placeholder:unresolved' }));
    expect(() => mapIn(mapper, '', { key: 'x', device_id: 'no id' })).toThrow(
      expect.objectContaining({ code: 'things:id.invalid' }),
    );
  });

  it.each<[JsonObject, string]>([
    [{}, '/options/thing must be the JSON'],
    [{ thing: 'x' }, '/options/thing must be an object'],
    [{ thing: {} }, '/options/thing/thingId must be an id'],
    [{ thing: { thingId: 'x' } }, '/options/thing/thingId is not valid'],
    [{ thing: { thingId: 'a:b', policyId: 'x' } }, '/options/thing/policyId is not valid'],
    [{ thing: { thingId: 'a:b', attributes: '{{ x:y }}' } }, '/options/thing is not valid'],
    [{ thing: { thingId: 'a:b' }, commandHeaders: { a: '{{ x:y }}' } }, '/options/commandHeaders is not valid'],
  ])('finds what is wrong with %j', (options, fault) => {
    expect(() => mapperOf('ImplicitThingCreation', options)).toThrow(fault);
  });
});
