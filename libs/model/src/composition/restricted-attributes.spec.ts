import {
  RESTRICTED_ATTRIBUTES,
  hasRestrictedAttributes,
  ownAttributes,
  restrictedAttributes,
  withAttributes,
  withoutKind,
} from './restricted-attributes.js';

describe('restricted attributes', () => {
  it.each(RESTRICTED_ATTRIBUTES)('are found in a body even when %s is null', (key) => {
    expect(hasRestrictedAttributes({ attributes: { name: 'x', [key]: null } })).toBe(true);
  });

  it.each([
    { attributes: { '{{ ~_.*~ }}': null } },
    { attributes: { '{{ /.*/ }}': null } },
    { attributes: { '{{ ~copyOf|x~ }}': null } },
    { '{{ ~attr.*~ }}': null },
  ])('are found where a patch removes them by an expression: %j', (body) => {
    expect(hasRestrictedAttributes(body)).toBe(true);
  });

  it.each([
    { attributes: { '{{ ~name.*~ }}': null, '{{ ~_.*~ }}x': null } },
    { attributes: { '{{ ~_.*~ }}': 1 } },
    { attributes: { '{{ ~(~ }}': null } },
    { '{{ ~feat.*~ }}': null },
  ])('are not found in the expressions of %j', (body) => {
    expect(hasRestrictedAttributes(body)).toBe(false);
  });

  it.each([{}, { attributes: null }, { attributes: { a: { type: 1 } } }, { type: 1 }, { attributes: ['type'] }])(
    'are not found in %j',
    (body) => {
      expect(hasRestrictedAttributes(body)).toBe(false);
    },
  );

  it('are told from a thing’s own', () => {
    const thing = { attributes: { name: 'n', _isType: true, _parents: { 'a:b': 1 }, type: 't', copyOf: 'c' } };

    expect(ownAttributes(thing)).toEqual({ name: 'n' });
    expect(restrictedAttributes(thing)).toEqual({ _isType: true, _parents: { 'a:b': 1 }, type: 't', copyOf: 'c' });
  });

  it('win over a body, which may have none', () => {
    expect(withAttributes({ attributes: null, policyId: 'p:p' }, { _isType: false })).toEqual({
      attributes: { _isType: false },
      policyId: 'p:p',
    });
  });

  it('lose _isType in answers', () => {
    expect(withoutKind({ thingId: 'a:b', attributes: { _isType: true, type: 't' } })).toEqual({
      thingId: 'a:b',
      attributes: { type: 't' },
    });
    expect(withoutKind({ thingId: 'a:b' })).toEqual({ thingId: 'a:b' });
  });
});
