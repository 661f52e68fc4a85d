import { defineError } from '../errors/index.js';
import { wildcardMatcher } from '../wildcards/index.js';

export type EntityType = 'thing' | 'policy';

/** What is about to be created, and by whom. */
export interface NewEntity {
  readonly type: EntityType;
  readonly id: string;
  readonly namespace: string;
  readonly subjects: readonly string[];
  /** Of a thing; null when it has none. */
  readonly definition?: string | null;
}

/**
 * An entity matches when it matches all four; an empty list matches anything. In namespaces, subjects and definitions `*`
 * stands for any characters and `?` for one; null among the definitions stands for a thing without one.
 */
export interface CreationRule {
  readonly types: readonly EntityType[];
  readonly namespaces: readonly string[];
  readonly subjects: readonly string[];
  readonly definitions: readonly (string | null)[];
}

export const EntityNotCreatable = defineError(
  'entity.notcreatable',
  403,
  (id: string, namespace: string, definition?: string | null) => ({
    message: `The entity with ID '${id}' may not be created.`,
    description: `The configuration does not let you create it in the namespace '${namespace}'${definitionText(definition)}.`,
  }),
);

function definitionText(definition: string | null | undefined): string {
  if (definition === undefined) return '';
  return definition === null ? ' without a definition' : ` with the definition '${definition}'`;
}

type Matches = (entity: NewEntity) => boolean;

/** Who may create what (Ditto, "Restricting entity creation"): what a grant matches and no revoke does. */
export class CreationRules {
  readonly #grant: readonly Matches[];
  readonly #revoke: readonly Matches[];

  constructor(
    private readonly grant: readonly CreationRule[],
    private readonly revoke: readonly CreationRule[],
  ) {
    this.#grant = grant.map(compile);
    this.#revoke = revoke.map(compile);
  }

  /** As they were given. */
  toJSON() {
    return { grant: this.grant, revoke: this.revoke };
  }

  /** @throws EntityNotCreatable */
  check(entity: NewEntity): void {
    const matches = (rule: Matches): boolean => rule(entity);
    if (this.#grant.some(matches) && !this.#revoke.some(matches)) return;
    throw new EntityNotCreatable(entity.id, entity.namespace, entity.definition);
  }
}

function compile({ types, namespaces, subjects, definitions }: CreationRule): Matches {
  const inNamespace = anyOf(namespaces);
  const bySubject = anyOf(subjects);
  const named = anyOf(definitions.filter((pattern) => pattern !== null));
  const defined = (definition: string | null): boolean =>
    definition === null
      ? definitions.includes(null)
      : definitions.some((pattern) => pattern !== null) && named(definition);
  return (entity) =>
    (types.length === 0 || types.includes(entity.type)) &&
    inNamespace(entity.namespace) &&
    (subjects.length === 0 || entity.subjects.some(bySubject)) &&
    (entity.type !== 'thing' || definitions.length === 0 || defined(entity.definition ?? null));
}

function anyOf(patterns: readonly string[]): (text: string) => boolean {
  const matchers = patterns.map(wildcardMatcher);
  return matchers.length === 0 ? () => true : (text) => matchers.some((matches) => matches(text));
}

const ANYTHING: CreationRule = { types: [], namespaces: [], subjects: [], definitions: [] };
export const UNRESTRICTED_CREATION = new CreationRules([ANYTHING], []);
