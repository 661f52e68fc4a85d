import { call } from '../support/api.js';
import type { Answer } from '../support/api.js';
import type { Gemel } from '../support/gemel.js';

type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Grafana's proxy as the OpenTwins app configures it: three bases, two users. Of several replicas another one each time. */
export interface Proxy {
  /** As user `ditto` to Ditto. */
  readonly ditto: Send;
  /** As user `devops` to Ditto. */
  readonly devops: Send;
  /** As user `ditto` to the extended API. */
  readonly extended: Send;
}

const OPERATOR = { authorization: `Basic ${btoa('devops:foobar')}` };

export function proxyOf({ things, extendedApi }: Pick<Gemel, 'things' | 'extendedApi'>): Proxy {
  let turn = 0;
  const at =
    (urls: readonly string[], who: Record<string, string> = {}): Send =>
    (method, path, body, headers = {}) =>
      call({ http: urls[turn++ % urls.length] ?? '' }, method, path, body, { ...who, ...headers });
  return { ditto: at(things), devops: at(things, OPERATOR), extended: at(extendedApi) };
}

/** The policy that OpenTwins' default installation makes. */
export const BASIC_POLICY = 'default:basic_policy';

/** Made as the app does: `entries` only. */
export async function createBasicPolicy({ ditto }: Proxy): Promise<void> {
  const grant = { grant: ['READ', 'WRITE'], revoke: [] };
  const { status } = await ditto('PUT', `/api/2/policies/${BASIC_POLICY}`, {
    entries: {
      DEFAULT: {
        subjects: { '{{ request:subjectId }}': { type: 'the creator' } },
        resources: { 'policy:/': grant, 'thing:/': grant, 'message:/': grant },
      },
    },
  });
  expect([201, 204]).toContain(status);
}

export function idsOf(body: unknown): readonly string[] {
  return (body as readonly { readonly thingId: string }[]).map(({ thingId }) => thingId);
}
