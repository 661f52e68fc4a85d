import { parsePolicyId } from '../ids/index.js';
import type { PolicyId } from '../ids/index.js';
import { mergeReferences } from './merge-references.js';
import type { EntryReference, Policy, PolicyEntry, PolicyImport } from './policy.js';

/** How deep transitive imports are followed (Ditto, "Policy imports"); what is deeper gives nothing. */
const MAX_DEPTH = 10;
/** Past one of these nobody has any right: a graph of imports that many others share would grow without end. Each import counts as often as it is reached. */
export const MAX_IMPORTS_FOLLOWED = 1_000;
export const MAX_ENTRIES = 20_000;

/** Where an entry of a resolved policy comes from; the label is the one that it has there. */
export interface EntryOrigin {
  readonly kind: 'own' | 'imported' | 'root';
  readonly policyId: PolicyId;
  readonly label: string;
}

export interface ResolvedEntry {
  /** `imported-<id>-<label>` and `nsimported-<id>-<label>` for those of other policies. */
  readonly label: string;
  /** With what it references. */
  readonly entry: PolicyEntry;
  readonly origin: EntryOrigin;
}

/** A policy with all that it takes over: what its enforcement goes by. */
export interface ResolvedPolicy {
  readonly policyId: PolicyId;
  readonly entries: readonly ResolvedEntry[];
  /** Every other policy that was looked at, missing ones included. */
  readonly sources: readonly PolicyId[];
  /** It would take over more than is allowed, and so has no entries at all: what is left out might have revoked something. */
  readonly isCut: boolean;
}

/** The policies that are known so far; undefined for one that does not exist. */
export type KnownPolicies = ReadonlyMap<PolicyId, Policy | undefined>;

/**
 * Resolves imports, references and namespace root policies, or says which policies it must know first. An import
 * that does not exist gives nothing.
 * @param roots policies whose implicit entries every policy of the namespace has; itself is left out
 */
export function resolvePolicy(
  policy: Policy,
  roots: readonly PolicyId[],
  known: KnownPolicies,
): ResolvedPolicy | { readonly missing: readonly PolicyId[] } {
  const resolver = new Resolver(known);
  const entries = resolver.resolve(policy, roots);
  if (resolver.missing.size > 0) return { missing: [...resolver.missing] };
  return { policyId: policy.policyId, entries, sources: [...resolver.sources], isCut: resolver.isTooMuch };
}

/** A policy's own entries with what they reference among themselves. */
export function resolveLocally(policy: Policy): readonly PolicyEntry[] {
  const entries = Object.values(policy.entries);
  if (entries.every(({ references }) => references === undefined)) return entries;
  return entries.map((entry) => withReferences(entry, policy, []));
}

class Resolver {
  readonly missing = new Set<PolicyId>();
  readonly sources = new Set<PolicyId>();
  #followed = 0;
  #taken = 0;

  constructor(private readonly known: KnownPolicies) {}

  resolve(policy: Policy, roots: readonly PolicyId[]): readonly ResolvedEntry[] {
    const resolved = this.#withImports(policy, policy.imports, 0, new Set());
    const entries = [...resolved, ...roots.flatMap((root) => (root === policy.policyId ? [] : this.#root(root)))];
    return this.isTooMuch ? [] : entries;
  }

  get isTooMuch(): boolean {
    return this.#followed > MAX_IMPORTS_FOLLOWED || this.#taken > MAX_ENTRIES;
  }

  #root(id: PolicyId): readonly ResolvedEntry[] {
    const root = this.#source(id);
    if (root === undefined) return [];
    return this.#withImports(root, root.imports, 0, new Set())
      .filter(({ entry }) => entry.importable === 'implicit')
      .map((entry) => takenOver('root', id, entry));
  }

  /** A policy's own entries, resolved, and those of its imports. */
  #withImports(
    policy: Policy,
    imports: Policy['imports'],
    depth: number,
    visited: ReadonlySet<PolicyId>,
  ): readonly ResolvedEntry[] {
    const { policyId } = policy;
    const imported = importsOf(imports).flatMap(([id, each]) => this.#imported(id, each, depth, visited));
    const own = Object.entries(policy.entries).map(([label, entry]): ResolvedEntry => {
      const merged = entry.references === undefined ? entry : withReferences(entry, policy, imported);
      return { label, entry: merged, origin: { kind: 'own', policyId, label } };
    });
    return [...own, ...imported];
  }

  #imported(
    id: PolicyId,
    { entries = [], transitiveImports = [] }: PolicyImport,
    depth: number,
    visited: ReadonlySet<PolicyId>,
  ): readonly ResolvedEntry[] {
    this.#followed++;
    const policy = this.isTooMuch ? undefined : this.#source(id);
    if (policy === undefined) return [];
    const listed = transitiveImports.filter((each) => !visited.has(each));
    const followed = depth >= MAX_DEPTH ? [] : importsOf(policy.imports).filter(([each]) => listed.includes(each));
    const resolved = this.#withImports(
      policy,
      Object.fromEntries(followed),
      depth + 1,
      new Set([...visited, ...listed]),
    );
    const taken = resolved.filter(
      ({ label, entry }) =>
        entry.importable === 'implicit' || (entry.importable === 'explicit' && entries.includes(label)),
    );
    this.#taken += taken.length;
    return taken.map((entry) => takenOver('imported', id, entry));
  }

  #source(id: PolicyId): Policy | undefined {
    this.sources.add(id);
    if (!this.known.has(id)) this.missing.add(id);
    return this.known.get(id);
  }
}

/** An entry as the policy has it that takes it over; references have done their work. */
function takenOver(kind: 'imported' | 'root', policyId: PolicyId, { label, entry }: ResolvedEntry): ResolvedEntry {
  const { references: _resolved, ...content } = entry;
  const prefix = kind === 'root' ? 'nsimported' : 'imported';
  return {
    label: `${prefix}-${policyId}-${label}`,
    entry: { ...content, subjects: entry.subjects, resources: entry.resources, importable: entry.importable },
    origin: { kind, policyId, label },
  };
}

function withReferences(entry: PolicyEntry, policy: Policy, imported: readonly ResolvedEntry[]): PolicyEntry {
  return mergeReferences(entry, (reference: EntryReference) => {
    const { import: id, entry: label } = reference;
    if (id === undefined) return Object.hasOwn(policy.entries, label) ? policy.entries[label] : undefined;
    return imported.find(({ origin }) => origin.policyId === id && origin.label === label)?.entry;
  });
}

function importsOf(imports: Policy['imports']): readonly (readonly [PolicyId, PolicyImport])[] {
  return Object.entries(imports).map(([id, each]) => [parsePolicyId(id), each] as const);
}
