import fc from 'fast-check';
import { parsePolicyId } from '../ids/index.js';
import type { PolicyId } from '../ids/index.js';
import type { JsonPointer } from '../json/index.js';
import { compileRights } from './enforcer.js';
import { explainPermission } from './explain.js';
import { matchesNamespace } from './namespace-pattern.js';
import type { Permission, Policy, PolicyEntry } from './policy.js';
import { parsePolicy } from './resources/index.js';
import { resolvePolicy } from './resolve.js';
import type { ResolvedPolicy } from './resolve.js';
import { parseResourceKey } from './resource-key.js';
import { parseSubjectId } from './subject-id.js';

const IDS = ['a:0', 'a:1', 'a.b:2', 'b:3'].map(parsePolicyId);
const LABELS = ['x', 'y', 'z'] as const;
const me = parseSubjectId('test:me');
const context = { caller: me, now: 0, expiryGranularity: 1 };

const id = fc.constantFrom(...IDS);
const label = fc.constantFrom(...LABELS);
const permissions = fc.subarray<Permission>(['READ', 'WRITE'], { maxLength: 1 });
const path = fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 });
const resources = fc.dictionary(
  path.map((segments) => `thing:/${segments.join('/')}`),
  fc.record({ grant: permissions, revoke: permissions }),
  { maxKeys: 2, noNullPrototype: true },
);
const entry = fc.record(
  {
    subjects: fc.dictionary(fc.constantFrom('test:me', 'test:other'), fc.constant({ type: 't' }), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    resources,
    namespaces: fc.subarray(['a', 'a.*', 'b'], { maxLength: 2 }),
    importable: fc.constantFrom('implicit', 'implicit', 'explicit', 'never'),
    allowedAdditions: fc.subarray(['subjects', 'resources', 'namespaces']),
    references: fc.array(fc.oneof(fc.record({ entry: label }), fc.record({ import: id, entry: label })), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { requiredKeys: ['subjects', 'resources', 'importable'], noNullPrototype: true },
);
const imports = fc.dictionary(
  id,
  fc.record({ entries: fc.subarray([...LABELS]), transitiveImports: fc.subarray(IDS) }),
  { maxKeys: 2, noNullPrototype: true },
);
const entries = fc.dictionary(label, entry, { noNullPrototype: true });
const content = fc.record({ imports, entries });
type Content = typeof content extends fc.Arbitrary<infer Value> ? Value : never;

/** A policy without what no policy may have: imports of itself. */
function policyOf(policyId: PolicyId, { imports: all, entries: some }: Content): Policy {
  const kept = Object.entries(all)
    .filter(([each]) => each !== policyId)
    .map(([each, { entries: labels, transitiveImports }]) => [
      each,
      { entries: labels, transitiveImports: transitiveImports.filter((one) => one !== policyId) },
    ]);
  return parsePolicy({ imports: Object.fromEntries(kept), entries: some }, policyId, context);
}

const world = fc
  .tuple(...IDS.map(() => content))
  .map((contents) => new Map(IDS.map((each, index) => [each, policyOf(each, contents[index]!)])));
type World = ReadonlyMap<PolicyId, Policy>;

function resolve(policies: World, root?: PolicyId): ResolvedPolicy {
  const policy = policies.get(IDS[0]!)!;
  const resolved = resolvePolicy(policy, root === undefined ? [] : [root], policies);
  if ('missing' in resolved) throw new Error('nothing is missing');
  return resolved;
}

/** Ditto's rules, entry by entry, as its page on policies tells them; nothing is shared and nothing is fast. */
function literally(
  policies: World,
  policyId: PolicyId,
  whitelist: readonly PolicyId[] | 'all',
  seen: PolicyId[],
): readonly Literal[] {
  const policy = policies.get(policyId)!;
  const imported = Object.entries(policy.imports)
    .filter(([each]) => whitelist === 'all' || whitelist.includes(each as PolicyId))
    .flatMap(([each, { entries: labels = [], transitiveImports = [] }]) => {
      const followed = transitiveImports.filter((one) => !seen.includes(one));
      return literally(policies, each as PolicyId, followed, [...seen, ...followed])
        .filter(
          (one) =>
            one.entry.importable === 'implicit' || (one.entry.importable === 'explicit' && labels.includes(one.label)),
        )
        .map((one): Literal => ({ ...one, label: `imported-${each}-${one.label}` }));
    });
  const own = Object.entries(policy.entries).map(([each, one]): Literal => {
    const targets = (one.references ?? [])
      .map((reference) =>
        reference.import === undefined
          ? policy.entries[reference.entry]
          : imported.find((other) => other.label === `imported-${reference.import!}-${reference.entry}`)?.entry,
      )
      .filter((target): target is PolicyEntry => target !== undefined && target.importable !== 'never');
    const permitted = (kind: 'subjects' | 'resources' | 'namespaces') =>
      targets.every((target) => target.allowedAdditions === undefined || target.allowedAdditions.includes(kind));
    const from = (kind: 'subjects' | 'resources' | 'namespaces') => [...targets, ...(permitted(kind) ? [one] : [])];
    const allowed = (['subjects', 'resources', 'namespaces'] as const).filter((kind) =>
      [...targets, one].every((each) => each.allowedAdditions?.includes(kind) ?? true),
    );
    return {
      label: each,
      entry: {
        importable: one.importable,
        subjects: Object.assign({}, ...from('subjects').map(({ subjects }) => subjects)) as PolicyEntry['subjects'],
        resources: {},
        namespaces: from('namespaces').flatMap(({ namespaces = [] }) => namespaces),
        allowedAdditions: allowed,
      },
      statements: from('resources').flatMap(statementsOf),
    };
  });
  // What an imported entry says is what its merged form says.
  return [...own, ...imported];

  function statementsOf(each: PolicyEntry): readonly Statement[] {
    const literal = imported.find((one) => one.entry === each);
    if (literal !== undefined) return literal.statements;
    return Object.entries(each.resources).map(([key, effects]) => ({ path: parseResourceKey(key).path, ...effects }));
  }
}

interface Statement {
  readonly path: JsonPointer;
  readonly grant: readonly Permission[];
  readonly revoke: readonly Permission[];
}

interface Literal {
  readonly label: string;
  readonly entry: PolicyEntry;
  readonly statements: readonly Statement[];
}

/** The deepest statement at or above the path decides, a revoke before a grant; no revoke may be below. */
function permitsLiterally(
  all: readonly Literal[],
  at: JsonPointer,
  permission: Permission,
  namespace: string,
): boolean {
  const mine = all
    .filter(({ entry: { subjects } }) => Object.hasOwn(subjects, me))
    .filter(
      ({ entry: { namespaces = [] } }) =>
        namespaces.length === 0 || namespaces.some((each) => matchesNamespace(each, namespace)),
    )
    .flatMap(({ statements }) => statements);
  const starts = (long: JsonPointer, short: JsonPointer) => short.every((segment, index) => long[index] === segment);
  for (let length = at.length; length >= 0; length--) {
    const here = mine.filter(({ path: each }) => each.length === length && starts(at, each));
    if (here.some(({ revoke }) => revoke.includes(permission))) return false;
    if (here.some(({ grant }) => grant.includes(permission))) {
      return !mine.some(
        ({ path: each, revoke }) => each.length > at.length && starts(each, at) && revoke.includes(permission),
      );
    }
  }
  return false;
}

const namespace = fc.constantFrom('a', 'a.b', 'b');
const permission = fc.constantFrom<Permission>('READ', 'WRITE');

describe('a resolved policy', () => {
  it('permits what Ditto’s rules permit, taken literally', () => {
    fc.assert(
      fc.property(world, path, permission, namespace, (policies, at, one, where) => {
        const { entries: resolved } = resolve(policies);
        const rights = compileRights(
          resolved.map((each) => each.entry),
          [me],
          0,
        );
        const enforcer = rights.on(parsePolicyId(`${where}:thing`));
        const expected = permitsLiterally(literally(policies, IDS[0]!, 'all', []), at, one, where);
        expect(enforcer.permits('thing', at, one)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('asks for what it does not know, and needs nothing else then', () => {
    fc.assert(
      fc.property(world, (policies) => {
        const known = new Map<PolicyId, Policy | undefined>();
        const policy = policies.get(IDS[0]!)!;
        let resolved = resolvePolicy(policy, [IDS[3]!], known);
        for (let round = 0; 'missing' in resolved; round++) {
          expect(round).toBeLessThan(12);
          for (const each of resolved.missing) known.set(each, policies.get(each));
          resolved = resolvePolicy(policy, [IDS[3]!], known);
        }
        expect(resolved).toEqual(resolve(policies, IDS[3]));
        expect(new Set(resolved.sources)).toEqual(new Set(known.keys()));
      }),
    );
  });

  it('gives nothing of an import that does not exist', () => {
    const policy = policyOf(IDS[0]!, {
      imports: { 'a:1': { entries: [], transitiveImports: [] } },
      entries: {},
    });
    expect(resolvePolicy(policy, [], new Map([[IDS[1]!, undefined]]))).toMatchObject({ entries: [], sources: ['a:1'] });
  });

  it('lets the first of two references have its subject', () => {
    const subject = (type: string) => ({ subjects: { 'test:me': { type } }, resources: {} });
    const value = {
      entries: {
        x: { ...subject('own'), references: [{ entry: 'y' }, { entry: 'z' }] },
        y: subject('y'),
        z: subject('z'),
      },
    };
    const resolved = resolve(new Map([[IDS[0]!, parsePolicy(value, IDS[0]!, context)]]));
    expect(resolved.entries[0]?.entry.subjects).toEqual({ 'test:me': { type: 'y' } });
  });
});

describe('an explanation', () => {
  it('comes to the verdict of the enforcer, and says by what', () => {
    fc.assert(
      fc.property(world, path, permission, namespace, (policies, at, one, where) => {
        const resolved = resolve(policies, IDS[2]);
        const rights = compileRights(
          resolved.entries.map((each) => each.entry),
          [me],
          0,
        );
        const enforcer = rights.on(parsePolicyId(`${where}:thing`));
        const question = {
          subjects: [me],
          resource: { type: 'thing', path: at },
          permission: one,
          namespace: where,
        } as const;
        const explanation = explainPermission(resolved, question, 0);
        expect(explanation.granted).toBe(enforcer.permits('thing', at, one));
        expect(explanation.grantedPartially).toBe(enforcer.permitsPartially('thing', at, one));
        const decisive = explanation.statements.filter((each) => each.decisive);
        expect(decisive.every(({ effect }) => effect === (explanation.granted ? 'grant' : 'revoke'))).toBe(true);
        if (explanation.granted) expect(decisive.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
