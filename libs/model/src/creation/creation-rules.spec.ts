import { CreationRules, EntityNotCreatable } from './index.js';
import type { CreationRule, NewEntity } from './index.js';

const ANY: CreationRule = { types: [], namespaces: [], subjects: [], definitions: [] };
const thing: NewEntity = {
  type: 'thing',
  id: 'org.acme:car',
  namespace: 'org.acme',
  subjects: ['pre:a', 'pre:admin'],
  definition: null,
};

function mayCreate(
  grant: readonly Partial<CreationRule>[],
  revoke: readonly Partial<CreationRule>[],
  entity: NewEntity,
) {
  const rules = new CreationRules(
    grant.map((rule) => ({ ...ANY, ...rule })),
    revoke.map((rule) => ({ ...ANY, ...rule })),
  );
  try {
    rules.check(entity);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(EntityNotCreatable);
    return false;
  }
}

describe('Things: Entity creation restriction', () => {
  it.each<[readonly Partial<CreationRule>[], readonly Partial<CreationRule>[], Partial<NewEntity>, boolean]>([
    [[{}], [], {}, true],
    [[], [], {}, false],
    [[{}], [{}], {}, false],
    [[{ types: ['policy'] }], [], {}, false],
    [[{ types: ['policy', 'thing'] }], [], {}, true],
    [[{ namespaces: ['org.*'] }], [], {}, true],
    [[{ namespaces: ['org.acm?'] }], [], {}, true],
    [[{ namespaces: ['org'] }], [], {}, false],
    [[{ subjects: ['*:admin'] }], [], {}, true],
    [[{ subjects: ['*:root'] }], [], {}, false],
    [[{}], [{ subjects: ['pre:admin'], namespaces: ['com.*'] }], {}, true],
    [[{ definitions: [null] }], [], {}, true],
    [[{ definitions: ['a:*'] }], [], {}, false],
    [[{ definitions: ['a:*'] }], [], { definition: 'a:b:1' }, true],
    [[{ definitions: [null] }], [], { definition: 'a:b:1' }, false],
    [[{ definitions: ['x:*', null] }], [], { definition: 'a:b:1' }, false],
    [[{ definitions: ['a:*'] }], [], { type: 'policy' }, true],
  ])('grant %j, revoke %j: %j is %j', (grant, revoke, entity, expected) => {
    expect(mayCreate(grant, revoke, { ...thing, ...entity })).toBe(expected);
  });
});
