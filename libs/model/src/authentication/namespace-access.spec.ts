import type { JsonValue } from '../json/index.js';
import { NamespaceAccess, NamespaceRulesInvalid, parseNamespaceRules } from './namespace-access.js';

const access = (rules: JsonValue, context: ConstructorParameters<typeof NamespaceAccess>[1] = {}) =>
  new NamespaceAccess(parseNamespaceRules(rules), context);
const reaches = (given: NamespaceAccess, namespace: string, type: 'thing' | 'policy' = 'thing') => {
  try {
    given.require(namespace, type);
    return true;
  } catch {
    return false;
  }
};

describe('Namespace access rules', () => {
  it('allow names and patterns, of which a block wins over every allowance', () => {
    const given = access([
      { 'allowed-namespaces': ['org.eclipse.*', 'exact', 'a?c'] },
      { allowedNamespaces: ['*'], blockedNamespaces: ['org.eclipse.secret*'] },
    ]);
    expect(['org.eclipse.x', 'exact', 'abc', 'anything'].map((name) => reaches(given, name))).toEqual(
      Array(4).fill(true),
    );
    expect(reaches(given, 'org.eclipse.secret.x')).toBe(false);
    const narrow = access([{ allowedNamespaces: ['foo.*', 'a?c'] }]);
    expect(['foo', 'foo.bar', 'ac', 'abc', ''].map((name) => reaches(narrow, name))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('count when all of their conditions are met, and let nobody in when none of them counts', () => {
    const rules = [
      { conditions: ["{{ jwt:iss | fn:filter('like','https://idp*') }}", '{{ jwt:sub }}'], allowedNamespaces: ['a'] },
      { conditions: ["{{ header:x | fn:default('safe') | fn:filter('ne','dangerous') }}"], allowedNamespaces: ['b'] },
    ];
    const byToken = access(rules, { claims: { iss: 'https://idp.example', sub: 'ann' }, headers: { x: 'dangerous' } });
    expect(['a', 'b'].map((name) => reaches(byToken, name))).toEqual([true, false]);
    expect(reaches(access(rules, { headers: {} }), 'b')).toBe(true);
    const none = access(rules, { claims: { iss: 'https://idp.example' }, headers: { x: 'dangerous' } });
    expect(['a', 'b'].map((name) => reaches(none, name))).toEqual([false, false]);
    expect(none.searched(undefined)).toEqual([]);
  });

  it('are for the resource types that they name', () => {
    const given = access([{ resourceTypes: ['thing'], allowedNamespaces: ['a'] }, { 'resource-types': ['policy'] }]);
    expect(reaches(given, 'a', 'thing')).toBe(true);
    expect(reaches(given, 'b', 'thing')).toBe(false);
    expect(reaches(given, 'b', 'policy')).toBe(true);
  });

  it('tell a search where to look', () => {
    expect(
      access([{ allowedNamespaces: ['a', 'b.*'] }, { allowedNamespaces: ['c', 'a'] }]).searched(undefined),
    ).toEqual(['a', 'c']);
    expect(access([{ allowedNamespaces: ['b.*'] }]).searched(undefined)).toEqual([]);
    expect(access([{ allowedNamespaces: ['b.*'] }]).searched(['b.x'])).toEqual(['b.x']);
    expect(access([{}]).searched(undefined)).toBeUndefined();
    expect(access([{ allowedNamespaces: ['a', 'b'], blockedNamespaces: ['b'] }]).searched(undefined)).toEqual(['a']);
    expect(() => access([{ allowedNamespaces: ['a'] }]).searched(['a', 'b'])).toThrow(
      expect.objectContaining({ code: 'gateway:namespace.notaccessible', status: 403 }),
    );
  });

  it.each([
    [{}, 'it must be a JSON array'],
    [[1], 'rule 1 must be a JSON object'],
    [[{}, { allow: [] }], "rule 2 has 'allow'"],
    [[{ conditions: 'x' }], 'must be an array of texts'],
    [[{ conditions: ['{{ nobody:x }}'] }], "'{{ nobody:x }}' of rule 1"],
    [[{ allowedNamespaces: ['a b'] }], "'a b' of rule 1 is no pattern"],
    [[{ resourceTypes: ['message'] }], "'message' of rule 1 is no resource type"],
  ])('refuse %j: %s', (rules, message) => {
    expect(() => parseNamespaceRules(rules)).toThrow(NamespaceRulesInvalid);
    expect(() => parseNamespaceRules(rules)).toThrow(message);
  });
});
