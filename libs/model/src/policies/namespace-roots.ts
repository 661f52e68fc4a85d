import { parsePolicyId } from '../ids/index.js';
import type { PolicyId } from '../ids/index.js';
import { isNamespacePattern, matchesNamespace } from './namespace-pattern.js';

const EVERY_NAMESPACE = '*';

/** Policies whose implicit entries all policies of some namespaces have (Ditto, "Namespace root policies"). */
export class NamespaceRoots {
  /** The most specific pattern first. */
  readonly #patterns: readonly (readonly [string, readonly PolicyId[]])[];
  readonly #known = new Map<string, readonly PolicyId[]>();

  /** @throws NamespacePatternInvalid, PolicyIdInvalid */
  constructor(policiesByPattern: Readonly<Record<string, readonly string[]>> = {}) {
    this.#patterns = Object.entries(policiesByPattern)
      .map(([pattern, ids]) => [checkPattern(pattern), ids.map(parsePolicyId)] as const)
      .sort(([a], [b]) => precedenceOf(b) - precedenceOf(a));
  }

  /** As it was given, the most specific pattern first. */
  toJSON(): Readonly<Record<string, readonly PolicyId[]>> {
    return Object.fromEntries(this.#patterns);
  }

  /** All of them, each once. */
  get ids(): readonly PolicyId[] {
    return [...new Set(this.#patterns.flatMap(([, ids]) => ids))];
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  of(namespace: string): readonly PolicyId[] {
    if (this.isEmpty) return [];
    const known = this.#known.get(namespace);
    if (known !== undefined) return known;
    const matching = this.#patterns.filter(
      ([pattern]) => pattern === EVERY_NAMESPACE || matchesNamespace(pattern, namespace),
    );
    const roots = [...new Set(matching.flatMap(([, ids]) => ids))];
    // Namespaces are few; should they not be, it starts again.
    if (this.#known.size >= 10_000) this.#known.clear();
    this.#known.set(namespace, roots);
    return roots;
  }
}

export class NamespacePatternInvalid extends Error {
  constructor(pattern: string) {
    super(`'${pattern}' is no pattern of namespaces: write a namespace, one with '.*' behind it, or '*'`);
  }
}

function checkPattern(pattern: string): string {
  if (pattern !== EVERY_NAMESPACE && !isNamespacePattern(pattern)) throw new NamespacePatternInvalid(pattern);
  return pattern;
}

/** Exact ones before prefixes, long prefixes before short ones. */
function precedenceOf(pattern: string): number {
  if (pattern === EVERY_NAMESPACE) return 0;
  return pattern.endsWith('.*') ? pattern.length : Infinity;
}
