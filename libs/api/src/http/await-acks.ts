import { acksJson, combinedStatus, isSuccess } from '@gemel/application/acks';
import type { Ack, AckCollections } from '@gemel/application/acks';
import { SEARCH_PERSISTED, TWIN_PERSISTED } from '@gemel/model/headers';
import type { AckLabel } from '@gemel/model/headers';
import { parseJson } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { ApiRequest } from './api-request.js';
import { jsonReply } from './reply.js';
import type { Reply } from './reply.js';

/** Ditto's version of the schema of things, in the headers of acknowledgements. */
const VERSION = 2;

/** Is written nowhere but in the log. */
const NOT_SENT: Reply = { status: 408 };

interface AcksWanted {
  readonly collections: AckCollections;
  /** Whether what they say is wanted, too. */
  readonly response: boolean;
  readonly acks: readonly AckLabel[];
  readonly timeoutMs: number;
}

/**
 * Carries out a change and waits for its acknowledgements: one is answered as it is, several by their labels. A refusal of
 * the change is the answer at once.
 * @throws CorrelationIdInUse before anything is done
 */
export async function awaitAcks(
  request: ApiRequest,
  change: () => Promise<Reply>,
  { collections, response, acks, timeoutMs }: AcksWanted,
): Promise<Reply> {
  const { correlationId } = request;
  const collection = collections.open(correlationId, acks, timeoutMs);
  const refused = new Promise<never>((_resolve, reject) => {
    change().then((reply) => {
      collection.receive(twinPersisted(reply, correlationId));
      // Searches find what is committed.
      collection.receive({ label: SEARCH_PERSISTED, status: 204, headers: { 'correlation-id': correlationId } });
    }, reject);
  });
  const hungUp = new Promise<undefined>((resolve) => {
    request.gone.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    const collected = await Promise.race([collection.acks, refused, hungUp]);
    if (collected === undefined) return NOT_SENT;
    return response ? answer(collected) : acceptance(collected);
  } finally {
    collection.close();
  }
}

function twinPersisted({ status, headers = {}, body }: Reply, correlationId: string): Ack {
  const { etag, location, 'entity-revision': revision } = headers;
  return {
    label: TWIN_PERSISTED,
    status,
    payload: typeof body === 'string' ? parseJson(body) : undefined,
    headers: {
      'correlation-id': correlationId,
      version: VERSION,
      ...(etag === undefined ? undefined : { etag }),
      ...(revision === undefined ? undefined : { 'entity-revision': Number(revision) }),
      ...(location === undefined ? undefined : { location }),
    },
  };
}

function answer(acks: readonly Ack[]): Reply {
  const status = combinedStatus(acks);
  const [first, ...others] = acks;
  if (first === undefined || others.length > 0) return jsonReply(status, acksJson(acks));
  const headers = textHeaders(first.headers);
  return first.payload === undefined || status === 204
    ? { status, headers }
    : jsonReply(status, first.payload, { headers });
}

/** To somebody who wants no response: 202, or which acknowledgements failed without what they said. */
function acceptance(acks: readonly Ack[]): Reply {
  if (acks.every(isSuccess)) return { status: 202 };
  const bare = acks.map(({ label, status }) => ({ label, status, headers: {} }));
  return acks.length > 1 ? jsonReply(combinedStatus(acks), acksJson(bare)) : { status: combinedStatus(acks) };
}

function textHeaders(headers: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name === 'version' || typeof value === 'object' ? [] : [[name, String(value)]],
    ),
  );
}
