import type { JsonValue } from '@gemel/model/json';
import type { ApiRequest } from './api-request.js';
import { JSON_TYPE } from './reply.js';
import type { Reply } from './reply.js';

/** What became of a command on a thing or a policy. */
export interface EntityOutcome {
  readonly outcome: 'created' | 'modified' | 'deleted' | 'retrieved';
  readonly value?: JsonValue;
  /** `value` as JSON text, when it is at hand. */
  readonly json?: string | undefined;
  readonly revision: number;
  readonly etag?: string | undefined;
  /** Further ones of the response. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Ditto's answer to a command: 200, 201 with the created value and its place, or 204. */
export function entityReply(outcome: EntityOutcome, location: () => string): Reply {
  const headers: Record<string, string> = { 'entity-revision': String(outcome.revision), ...outcome.headers };
  const { etag } = outcome;
  if (etag !== undefined) headers['etag'] = etag;
  if (outcome.outcome === 'modified' || outcome.outcome === 'deleted') return { status: 204, headers };
  headers['content-type'] = JSON_TYPE;
  const body = outcome.json ?? JSON.stringify(outcome.value ?? null);
  if (outcome.outcome === 'retrieved') return { status: 200, headers, body };
  headers['location'] = location();
  return { status: 201, headers, body };
}

/** Where a PUT or PATCH has created something: its own URL. */
export function ownUrl(request: ApiRequest): string {
  return `${request.origin}${request.path}`;
}

/** Where a POST has created an entity: below its own URL. */
export function urlBelow(request: ApiRequest, id: string): string {
  return `${ownUrl(request).replace(/\/$/, '')}/${encodeURIComponent(id).replaceAll('%3A', ':')}`;
}
