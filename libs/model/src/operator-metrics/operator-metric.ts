import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Template } from '../placeholders/index.js';
import { parseCriteria, parseGroupingProperty, parseSearchNamespaces } from '../rql/index.js';
import type { Criteria, RqlProperty } from '../rql/index.js';
import { parseDuration } from '../time/index.js';
import { labelName, metricName } from './names.js';
import { parseTag } from './tag.js';

/** A search whose count operators watch (Ditto, "Operating: custom metrics" and "custom aggregation metrics"). */
export interface OperatorMetric {
  /** As Prometheus takes it. */
  readonly name: string;
  /** As it was written; undefined counts all things. */
  readonly filter: string | undefined;
  readonly criteria: Criteria | undefined;
  /** Undefined means all. */
  readonly namespaces: readonly string[] | undefined;
  /** What things that are counted together have in common, by the name that tags use; none counts all together. */
  readonly groupBy: ReadonlyMap<string, RqlProperty>;
  /** By names as Prometheus takes them. */
  readonly tags: ReadonlyMap<string, Template>;
  /** Between two counts; undefined is the usual. */
  readonly intervalMs: number | undefined;
}

/** What is wrong with the definitions; for whoever configures them. */
export class OperatorMetricsInvalid extends Error {}

const SHORTEST_MS = 1_000;
const LONGEST_MS = 86_400_000;
/** Both spellings are taken: that of Ditto's configuration and one word. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['scrape-interval', 'scrapeInterval'],
  ['group-by', 'groupBy'],
  ['index-hint', 'indexHint'],
]);
const MEMBERS = ['enabled', 'filter', 'namespaces', 'tags', 'groupBy', 'scrapeInterval', 'indexHint'];

/**
 * Reads `{ name: { filter?, namespaces?, groupBy?, tags?, scrapeInterval?, enabled?, indexHint? } }`, as Ditto's
 * `custom-metrics` and `custom-aggregation-metrics`. Those that are not enabled are checked and left out; an index hint is
 * for Ditto's database and says nothing here.
 * @throws OperatorMetricsInvalid
 */
export function parseOperatorMetrics(value: JsonValue): readonly OperatorMetric[] {
  if (!isJsonObject(value)) throw new OperatorMetricsInvalid('it must be a JSON object of metrics by their names');
  const names = new Set<string>();
  return Object.entries(value).flatMap(([given, described]) => {
    const definition = new Definition(given, described);
    if (names.has(definition.name)) throw definition.fault(`is there twice, as ${definition.name}`);
    names.add(definition.name);
    const metric = definition.read();
    return definition.isEnabled() ? [metric] : [];
  });
}

/** One entry of the setting. */
class Definition {
  readonly name: string;
  readonly #members: JsonObject;

  constructor(
    private readonly given: string,
    described: JsonValue,
  ) {
    const name = metricName(given);
    if ('fault' in name) throw this.fault(name.fault);
    this.name = name.name;
    if (!isJsonObject(described)) throw this.fault('must be an object');
    const members = Object.entries(described).map(
      ([member, value]) => [SPELLINGS.get(member) ?? member, value] as const,
    );
    const unknown = members.find(([member]) => !MEMBERS.includes(member));
    if (unknown !== undefined) throw this.fault(`has '${unknown[0]}'; it may have ${MEMBERS.join(', ')}`);
    this.#members = Object.fromEntries(members);
  }

  fault(text: string, cause?: unknown): OperatorMetricsInvalid {
    return new OperatorMetricsInvalid(`'${this.given}' ${text}`, { cause });
  }

  isEnabled(): boolean {
    const enabled = this.#member('enabled') ?? true;
    if (typeof enabled !== 'boolean') throw this.fault("needs true or false for 'enabled'");
    return enabled;
  }

  read(): OperatorMetric {
    const filter = this.#textOf('filter');
    const groupBy = this.#groupBy();
    return {
      name: this.name,
      filter,
      criteria: filter === undefined ? undefined : this.#trying('filter', () => criteriaOf(filter)),
      namespaces: this.#namespaces(),
      groupBy,
      tags: this.#tags([...groupBy.keys()]),
      intervalMs: this.#intervalMs(),
    };
  }

  #member(name: string): JsonValue | undefined {
    return member(this.#members, name) ?? undefined;
  }

  /** Undefined when it is empty, too. */
  #textOf(name: string): string | undefined {
    const value = this.#member(name) ?? '';
    if (typeof value !== 'string') throw this.fault(`needs a text for '${name}'`);
    return value === '' ? undefined : value;
  }

  #namespaces(): readonly string[] | undefined {
    const value = this.#member('namespaces') ?? [];
    const names = isJsonArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
    if (!isJsonArray(value) || names?.length !== value.length)
      throw this.fault("needs an array of texts for 'namespaces'");
    return names.length === 0 ? undefined : this.#trying('namespaces', () => parseSearchNamespaces(names));
  }

  #groupBy(): ReadonlyMap<string, RqlProperty> {
    return new Map(
      this.#entries('groupBy').map(([name, path]) => {
        const property =
          typeof path === 'string' ? this.#trying('groupBy', () => parseGroupingProperty(path)) : undefined;
        if (property !== undefined) return [name, property];
        const known = "'attributes/…', 'features/<id>/properties/…', 'definition', 'policyId', 'namespace' or the like";
        throw this.fault(`cannot group by ${JSON.stringify(path)} ('${name}' of 'groupBy'): it must be ${known}`);
      }),
    );
  }

  #tags(groups: readonly string[]): ReadonlyMap<string, Template> {
    const tags = new Map<string, Template>();
    for (const [given, value] of this.#entries('tags')) {
      const label = labelName(given);
      if (label === undefined) throw this.fault(`has the tag '${given}', which Prometheus does not take`);
      if (tags.has(label)) throw this.fault(`has the tag '${given}' twice, as ${label}`);
      tags.set(
        label,
        this.#trying(`tags/${given}`, () => parseTag(value, groups)),
      );
    }
    return tags;
  }

  #entries(name: string): readonly (readonly [string, JsonValue])[] {
    const value = this.#member(name) ?? {};
    if (!isJsonObject(value)) throw this.fault(`needs an object for '${name}'`);
    return Object.entries(value);
  }

  #intervalMs(): number | undefined {
    const text = this.#textOf('scrapeInterval');
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms;
    throw this.fault("needs a time from '1s' to '1d' for 'scrapeInterval', such as '5m'");
  }

  #trying<Value>(name: string, read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      throw this.fault(`has a wrong '${name}': ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }
}

function criteriaOf(filter: string): Criteria {
  return parseCriteria(filter, { placeholders: false });
}
