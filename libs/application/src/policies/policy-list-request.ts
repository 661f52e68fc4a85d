import { parseJson } from '@gemel/model/json';
import type { FieldSelector, JsonValue } from '@gemel/model/json';
import {
  SearchOptionInvalid,
  cursorInvalid,
  parseFilter,
  parseSearchOptions,
  resolveSearchOptions,
} from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';

/** A listing as the caller writes it. */
export interface PolicyListRequest {
  /** RQL over `policyId`, `namespace`, `subject`, `imports`, `label` and the hidden members; several are joined by `and`. */
  readonly filter?: readonly string[] | undefined;
  /** For example `size(50),sort(-policyId),cursor(…)`. */
  readonly option?: string | undefined;
  readonly fields?: FieldSelector | undefined;
}

export interface PolicyListQuery {
  readonly criteria: Criteria | undefined;
  /** The filter as it was written, which a cursor belongs to. */
  readonly text: string;
  readonly direction: 'asc' | 'desc';
  readonly size: number;
  readonly after: string | undefined;
  /** How all ids begin that match. */
  readonly prefix: string;
  /** A subject that all policies name that match; undefined when there is none. */
  readonly subject: string | undefined;
}

const PROPERTIES: ReadonlySet<string> = new Set([
  ...['policyId', 'namespace', 'subject', 'imports', 'label'],
  ...['_namespace', '_revision', '_created', '_modified'],
]);

/** @throws RqlExpressionInvalid, SearchOptionInvalid */
export function parsePolicyListRequest({ filter = [], option }: PolicyListRequest): PolicyListQuery {
  const criteria = filter.length === 0 ? undefined : parseFilter(filter, { properties: PROPERTIES });
  const written = option === undefined ? [] : parseSearchOptions(option);
  const { sort, size, offset } = resolveSearchOptions(written);
  if (offset !== undefined) throw new SearchOptionInvalid("Policies are listed with 'size' and 'cursor', not 'limit'.");
  const [key, ...more] = sort;
  if (more.length > 0 || (key !== undefined && key.property !== 'policyId')) {
    throw new SearchOptionInvalid('Policies are sorted by policyId only.');
  }
  const direction = key?.direction ?? 'asc';
  const text = filter.join(',');
  const cursor = written.find((each) => each.name === 'cursor')?.cursor;
  return {
    criteria,
    text,
    direction,
    size,
    after: cursor === undefined ? undefined : parseCursor(cursor, text, direction),
    prefix: prefixOf(criteria),
    subject: subjectOf(criteria),
  };
}

/** Opaque, safe in URLs and in `cursor(…)`. @param after the policy before the page */
export function formatPolicyCursor({ text, direction }: PolicyListQuery, after: string | undefined): string {
  const bytes = new TextEncoder().encode(JSON.stringify([text, direction, after ?? '']));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The filter and the sort must be those of the page before. */
function parseCursor(cursor: string, text: string, direction: string): string {
  const decoded = decode(cursor);
  if (!Array.isArray(decoded)) throw cursorInvalid();
  const [ofText, ofDirection, after] = decoded as readonly JsonValue[];
  if (typeof after !== 'string') throw cursorInvalid();
  if (ofText !== text || ofDirection !== direction) throw cursorInvalid('It belongs to another filter or sort.');
  return after;
}

function decode(cursor: string): JsonValue {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw cursorInvalid();
  }
}

/** What must hold for the whole to hold, one by one. */
function requirements(criteria: Criteria | undefined): readonly Criteria[] {
  if (criteria === undefined) return [];
  return criteria.op === 'and' ? criteria.operands.flatMap(requirements) : [criteria];
}

function prefixOf(criteria: Criteria | undefined): string {
  for (const each of requirements(criteria)) {
    if (each.op === 'eq' && typeof each.value === 'string') {
      if (each.property[0] === 'policyId') return each.value;
      if (each.property[0] === 'namespace' || each.property[0] === '_namespace') return `${each.value}:`;
    }
    if (each.op === 'like' && each.property[0] === 'policyId') return /^[^*?]*/.exec(each.pattern)?.[0] ?? '';
  }
  return '';
}

function subjectOf(criteria: Criteria | undefined): string | undefined {
  for (const each of requirements(criteria)) {
    if (each.op === 'eq' && each.property[0] === 'subject' && typeof each.value === 'string') return each.value;
  }
  return undefined;
}
