import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { parseTemplate, resolveTemplate } from '../placeholders/index.js';
import type { PlaceholderContext, Template } from '../placeholders/index.js';
import { wildcardMatcher } from '../wildcards/index.js';
import { NamespaceNotAccessible } from './errors.js';

/** Of which kind an entity is, in Ditto's words. */
export type NamespacedType = 'thing' | 'policy';

/** Which namespaces some callers may reach at all, whatever policies grant them there. */
export interface NamespaceRule {
  /** All of them must be resolvable for the rule to count. */
  readonly conditions: readonly Template[];
  /** Empty for all. */
  readonly resourceTypes: readonly string[];
  /** Names and patterns; empty for all. */
  readonly allowed: readonly string[];
  /** Names and patterns; they win over `allowed`, that of other rules included. */
  readonly blocked: readonly string[];
}

/** What is wrong with the description of rules; for whoever configures them. */
export class NamespaceRulesInvalid extends Error {}

/** Ditto's names, and those of this member in the rule. */
const MEMBERS: Readonly<Record<string, keyof NamespaceRule>> = {
  conditions: 'conditions',
  'resource-types': 'resourceTypes',
  resourceTypes: 'resourceTypes',
  'allowed-namespaces': 'allowed',
  allowedNamespaces: 'allowed',
  'blocked-namespaces': 'blocked',
  blockedNamespaces: 'blocked',
};
const TYPES = ['thing', 'policy'];
const PATTERN = /^[\w.*?-]+$/;

/** Reads Ditto's `namespace-access`: an array of rules. @throws NamespaceRulesInvalid */
export function parseNamespaceRules(value: JsonValue): readonly NamespaceRule[] {
  if (!isJsonArray(value)) throw new NamespaceRulesInvalid('it must be a JSON array of rules');
  return value.map((rule, index) => parseRule(rule, `rule ${String(index + 1)}`));
}

function parseRule(value: JsonValue, where: string): NamespaceRule {
  if (!isJsonObject(value)) throw new NamespaceRulesInvalid(`${where} must be a JSON object`);
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(MEMBERS, name));
  if (unknown !== undefined) throw new NamespaceRulesInvalid(`${where} has '${unknown}', which is unknown`);
  const rule = {
    conditions: textsOf(value, 'conditions', where).map((text) => templateOf(text, where)),
    resourceTypes: textsOf(value, 'resourceTypes', where),
    allowed: textsOf(value, 'allowed', where),
    blocked: textsOf(value, 'blocked', where),
  };
  const pattern = [...rule.allowed, ...rule.blocked].find((text) => !PATTERN.test(text));
  if (pattern !== undefined) throw new NamespaceRulesInvalid(`'${pattern}' of ${where} is no pattern of namespaces`);
  const type = rule.resourceTypes.find((text) => !TYPES.includes(text));
  if (type !== undefined) throw new NamespaceRulesInvalid(`'${type}' of ${where} is no resource type`);
  return rule;
}

function textsOf(value: JsonObject, name: keyof NamespaceRule, where: string): readonly string[] {
  const spelling = Object.keys(value).find((key) => MEMBERS[key] === name);
  const items = (spelling === undefined ? undefined : member(value, spelling)) ?? [];
  if (!isJsonArray(items))
    throw new NamespaceRulesInvalid(`'${String(spelling)}' of ${where} must be an array of texts`);
  return items.map((item) => {
    if (typeof item === 'string') return item;
    throw new NamespaceRulesInvalid(`'${String(spelling)}' of ${where} must be an array of texts`);
  });
}

function templateOf(text: string, where: string): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    throw new NamespaceRulesInvalid(`'${text}' of ${where}: ${error instanceof Error ? error.message : 'not valid'}`, {
      cause: error,
    });
  }
}

/**
 * What the rules say of one caller. Without rules everything is open to policies; with rules nothing is to whom none of
 * them lets in (Ditto, "Gateway namespace access control").
 */
export class NamespaceAccess {
  readonly #rules: readonly NamespaceRule[];

  /** @param context claims and headers of the caller, and the time */
  constructor(rules: readonly NamespaceRule[], context: PlaceholderContext) {
    this.#rules = rules.filter(({ conditions }) => conditions.every((condition) => isMet(condition, context)));
  }

  /** @throws NamespaceNotAccessible */
  require(namespace: string, type: NamespacedType): void {
    const rules = this.#of(type);
    const isBlocked = rules.some(({ blocked }) => matchesAny(blocked, namespace));
    const isAllowed = rules.some(({ allowed }) => allowed.length === 0 || matchesAny(allowed, namespace));
    if (isBlocked || !isAllowed) throw new NamespaceNotAccessible(namespace);
  }

  /**
   * Where a search for things looks: where it asks to, or else in all namespaces that the rules name; nowhere when they
   * only have patterns, as in Ditto. Undefined for everywhere.
   * @throws NamespaceNotAccessible for a namespace that it asks for
   */
  searched(asked: readonly string[] | undefined): readonly string[] | undefined {
    if (asked !== undefined) {
      for (const namespace of asked) this.require(namespace, 'thing');
      return asked;
    }
    if (this.isOpen('thing')) return undefined;
    const rules = this.#of('thing');
    const blocked = rules.flatMap((rule) => rule.blocked);
    const names = rules.flatMap(({ allowed }) => allowed.filter((text) => !/[*?]/.test(text)));
    return [...new Set(names)].filter((name) => !matchesAny(blocked, name));
  }

  /** Whether the caller may reach all namespaces. */
  isOpen(type: NamespacedType): boolean {
    const rules = this.#of(type);
    return rules.every(({ blocked }) => blocked.length === 0) && rules.some(({ allowed }) => allowed.length === 0);
  }

  #of(type: NamespacedType): readonly NamespaceRule[] {
    return this.#rules.filter(({ resourceTypes }) => resourceTypes.length === 0 || resourceTypes.includes(type));
  }
}

function isMet(condition: Template, context: PlaceholderContext): boolean {
  const resolution = resolveTemplate(condition, context);
  return resolution.kind === 'resolved';
}

function matchesAny(patterns: readonly string[], namespace: string): boolean {
  return patterns.some((pattern) => wildcardMatcher(pattern)(namespace));
}
