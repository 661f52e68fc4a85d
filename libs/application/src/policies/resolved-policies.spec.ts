import { parsePolicyId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import type { JsonValue } from '@gemel/model/json';
import { NamespaceRoots, parseSubjectId } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import { MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from './create-policies.js';

const owner = { subjects: [parseSubjectId('test:owner')] as const, headers: {} };
const other = [parseSubjectId('test:other')];
const ALL = { grant: ['READ', 'WRITE'], revoke: [] };
const READ = { grant: ['READ'], revoke: [] };
const OWNER = { subjects: { 'test:owner': { type: 't' } }, resources: { 'policy:/': ALL, 'thing:/': ALL } };
const readers = (...resources: string[]) => ({
  subjects: { 'test:other': { type: 't' } },
  resources: Object.fromEntries(resources.map((key) => [key, READ])),
});

/** Counts who is asked for, as a store over a network would. */
class CountedStore extends MemoryStore {
  asked: PolicyId[] = [];

  override policy(id: PolicyId): Promise<PolicyState | undefined> {
    this.asked.push(id);
    return super.policy(id);
  }
}

function open(roots: Readonly<Record<string, readonly string[]>> = {}) {
  const store = new CountedStore();
  const missing: unknown[] = [];
  const ignore = () => undefined;
  const policies = createPolicies({
    log: store,
    states: store,
    clock: { now: () => 0 },
    roots: new NamespaceRoots(roots),
    logger: {
      error: (fields) => missing.push(fields['policyId']),
      warn: ignore,
      info: ignore,
      debug: ignore,
    },
  });
  const put = (id: string, value: JsonValue) =>
    policies.service.execute({ kind: 'modify', policyId: parsePolicyId(id), path: [], value }, owner);
  const reads = async (id: string, path: string) => {
    const policyId = parsePolicyId(id);
    const enforcer = await policies.enforcers.enforcer(policyId, other, policyId);
    return enforcer?.permits('thing', [path], 'READ');
  };
  return { store, missing, put, reads, ...policies };
}

describe('rights by imports', () => {
  it('follow each change of an imported policy at once, and are not worked out again without one', async () => {
    const { put, reads, enforcers } = open();
    await put('a:template', { entries: { owner: OWNER } });
    await put('a:b', { imports: { 'a:template': {} }, entries: { owner: OWNER } });
    expect(await reads('a:b', 'attributes')).toBe(false);
    await put('a:template', { entries: { owner: OWNER, reader: readers('thing:/attributes') } });
    expect(await reads('a:b', 'attributes')).toBe(true);
    const id = parsePolicyId('a:b');
    expect(await enforcers.rights(id, other)).toBe(await enforcers.rights(id, other));
    await put('a:template', { entries: { owner: OWNER } });
    expect(await reads('a:b', 'attributes')).toBe(false);
  });

  it('cost a changed policy one write, however many import it, and readers one question', async () => {
    const { put, reads, store, enforcers } = open();
    await put('a:template', { entries: { owner: OWNER } });
    const ids = Array.from({ length: 200 }, (_, index) => `a:p${String(index)}`);
    for (const id of ids) await put(id, { imports: { 'a:template': {} }, entries: { owner: OWNER } });
    for (const id of ids) expect(await reads(id, 'attributes')).toBe(false);
    const before = await store.end();
    await put('a:template', { entries: { owner: OWNER, reader: readers('thing:/attributes') } });
    expect(await store.end()).toBe(before + 1);
    for (const id of ids) expect(await reads(id, 'attributes')).toBe(true);
    store.asked = [];
    await enforcers.rights(parsePolicyId('a:p7'), other);
    expect(store.asked).toEqual(['a:p7', 'a:template']);
  });

  it('end in a graph of imports that goes round and round', async () => {
    const { put, reads } = open();
    const ids = Array.from({ length: 10 }, (_, index) => `a:p${String(index)}`);
    for (const id of ids) await put(id, { entries: { owner: OWNER } });
    for (const id of ids) {
      const others = ids.filter((each) => each !== id);
      const imports = Object.fromEntries(
        others.map((each) => [each, { transitiveImports: others.filter((more) => more !== each) }]),
      );
      await put(id, { imports, entries: { owner: OWNER, reader: readers('thing:/features') } });
    }
    const begun = performance.now();
    expect(await reads('a:p0', 'features')).toBe(true);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('give nobody any right where they are too many, which is told', async () => {
    const { put, enforcers, reads, store, missing } = open();
    const layer = (depth: number) => Array.from({ length: 10 }, (_, index) => `a:l${String(depth)}-${String(index)}`);
    const importsOf = (depth: number) => {
      const transitiveImports = depth < 2 ? layer(depth + 2) : [];
      return depth > 2 ? {} : Object.fromEntries(layer(depth + 1).map((id) => [id, { transitiveImports }]));
    };
    for (const depth of [3, 2, 1]) {
      for (const id of layer(depth)) await put(id, { imports: importsOf(depth), entries: { owner: OWNER } });
    }
    const top = { imports: importsOf(0), entries: { owner: OWNER, reader: readers('thing:/features') } };
    const refusal = { code: 'policies:imports.toolarge', status: 400 };
    await expect(put('a:top', top)).rejects.toMatchObject(refusal);
    await put('a:top', { ...top, imports: {} });
    expect(await reads('a:top', 'features')).toBe(true);
    await expect(put('a:top', top)).rejects.toMatchObject(refusal);

    // What grows under a policy that is there, and cannot be followed, might revoke.
    await put('a:l1-0', { imports: {}, entries: { owner: OWNER } });
    await put('a:top', top);
    expect(await reads('a:top', 'features')).toBe(true);
    await put('a:l1-0', { imports: importsOf(1), entries: { owner: OWNER } });
    expect(await enforcers.resolved(await store.policy(parsePolicyId('a:top')))).toMatchObject({
      isCut: true,
      entries: [],
    });
    expect(await reads('a:top', 'features')).toBe(false);
    expect(missing).toEqual(['a:top']);

    await put('a:l1-0', { imports: {}, entries: { owner: OWNER } });
    expect(await reads('a:top', 'features')).toBe(true);
  });

  it('are followed ten deep', async () => {
    const { put, reads } = open();
    const id = (level: number) => `a:p${String(level)}`;
    const last = 14;
    await put(id(last), { entries: { owner: OWNER, reader: readers('thing:/attributes') } });
    for (let level = last - 1; level >= 0; level--) {
      const next = level + 2 > last ? [] : [id(level + 2)];
      await put(id(level), {
        imports: { [id(level + 1)]: { entries: [], transitiveImports: next } },
        entries: { owner: OWNER },
      });
    }
    expect(await reads(id(last - 11), 'attributes')).toBe(true);
    expect(await reads(id(last - 12), 'attributes')).toBe(false);
  });
});

describe('Namespace root policies (3.9)', () => {
  const roots = { 'org.example.*': ['a:root'], 'org.example.cars': ['a:cars', 'a:root'], '*': ['a:every'] };

  it('give their implicit entries to the policies of matching namespaces', async () => {
    const { put, reads, enforcers, store } = open(roots);
    await put('a:root', { entries: { owner: OWNER, reader: readers('thing:/attributes') } });
    await put('a:cars', {
      entries: { owner: OWNER, reader: { ...readers('thing:/features'), importable: 'explicit' } },
    });
    await put('org.example.cars:x', { entries: { owner: OWNER } });
    await put('org.example:x', { entries: { owner: OWNER } });
    expect(await reads('org.example.cars:x', 'attributes')).toBe(true);
    expect(await reads('org.example.cars:x', 'features')).toBe(false);
    expect(await reads('org.example:x', 'attributes')).toBe(false);
    const resolved = await enforcers.resolved(await store.policy(parsePolicyId('org.example.cars:x')));
    expect(resolved?.entries.map(({ label }) => label)).toEqual([
      'owner',
      'nsimported-a:cars-owner',
      'nsimported-a:root-owner',
      'nsimported-a:root-reader',
    ]);
  });

  it('are passed over where they are missing, which is told once', async () => {
    const { put, reads, missing } = open(roots);
    await put('a:x', { entries: { owner: OWNER, reader: readers('thing:/features') } });
    expect(await reads('a:x', 'features')).toBe(true);
    await put('a:y', { entries: { owner: OWNER } });
    expect(missing).toEqual(['a:every']);
    await put('a:every', { entries: { owner: OWNER, reader: readers('thing:/attributes') } });
    expect(await reads('a:y', 'attributes')).toBe(true);
  });

  it('let their owners own what is created below them', async () => {
    const { put, service } = open({ 'org.example.*': ['a:root'] });
    await put('a:root', { entries: { owner: OWNER } });
    const policyId = parsePolicyId('org.example.cars:x');
    const value = { entries: { guest: { ...OWNER, subjects: { 'test:guest': { type: 't' } } } } };
    expect(await service.execute({ kind: 'modify', policyId, path: [], value }, owner)).toMatchObject({
      outcome: 'created',
    });
  });

  it.each(['a..b', '', 'a.*.b', '**', '.*'])('are refused for the pattern %j', (pattern) => {
    expect(() => new NamespaceRoots({ [pattern]: ['a:b'] })).toThrow('no pattern of namespaces');
  });
});
