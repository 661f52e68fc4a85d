import type { JsonValue } from '@gemel/model/json';
import type { ApiRequest } from './api-request.js';
import { jsonReply } from './reply.js';
import type { Reply } from './reply.js';

/** What became of a command on a thing or a policy. */
export interface EntityOutcome {
  readonly outcome: 'created' | 'modified' | 'deleted' | 'retrieved';
  readonly value?: JsonValue;
  /** `value` as JSON text, when it is at hand. */
  readonly json?: string;
  readonly revision: number;
  readonly etag?: string;
}

/** Ditto's answer to a command: 200, 201 with the created value and its place, or 204. */
export function entityReply(outcome: EntityOutcome, location: () => string): Reply {
  const headers = {
    'entity-revision': String(outcome.revision),
    ...(outcome.etag === undefined ? undefined : { etag: outcome.etag }),
  };
  switch (outcome.outcome) {
    case 'retrieved':
      return jsonReply(200, outcome.value ?? null, { headers, text: outcome.json });
    case 'created':
      return jsonReply(201, outcome.value ?? null, {
        headers: { ...headers, location: location() },
        text: outcome.json,
      });
    case 'modified':
    case 'deleted':
      return { status: 204, headers };
  }
}

/** Where a PUT or PATCH has created something: its own URL. */
export function ownUrl(request: ApiRequest): string {
  return `${request.origin}${request.path}`;
}

/** Where a POST has created an entity: below its own URL. */
export function urlBelow(request: ApiRequest, id: string): string {
  return `${ownUrl(request).replace(/\/$/, '')}/${encodeURIComponent(id).replaceAll('%3A', ':')}`;
}
