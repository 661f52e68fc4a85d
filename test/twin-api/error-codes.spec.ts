import { startIssuer } from '@gemel/testkit/oidc';
import { DITTO_ERROR_CODES } from '../../tools/conformance/ditto-error-codes.mjs';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';
import { CONNECTION_ERROR_REQUESTS } from './connection-error-requests.js';
import type { ErrorRequest } from './error-request.js';
import { setUp } from './error-setup.js';
import { MESSAGE_ERROR_REQUESTS, answersToMessages } from './message-error-requests.js';
import { OTHER_CODES } from './other-codes.js';
import { OTHER_ERROR_REQUESTS } from './other-error-requests.js';
import { POLICY_ERROR_REQUESTS } from './policy-error-requests.js';
import { THING_ERROR_REQUESTS } from './thing-error-requests.js';
import { issuerSettings, tokenErrorRequests } from './token-error-requests.js';
import type { Issuers } from './token-error-requests.js';

const SETTINGS = {
  GEMEL_USERS: 'ditto:ditto,other:other,devops:devops:operator',
  GEMEL_ENTITY_CREATION: JSON.stringify({
    grant: [{}],
    revoke: [{ 'resource-types': ['thing'], namespaces: ['forbidden'] }],
  }),
  GEMEL_NAMESPACE_ACCESS: '[{"blockedNamespaces":["closed"]}]',
};

let issuers: Issuers;
let requests: readonly ErrorRequest[];

beforeAll(async () => {
  issuers = { odd: await startIssuer(), failing: await startIssuer() };
  requests = [
    ...THING_ERROR_REQUESTS,
    ...POLICY_ERROR_REQUESTS,
    ...CONNECTION_ERROR_REQUESTS,
    ...OTHER_ERROR_REQUESTS,
    ...tokenErrorRequests(issuers),
  ];
});
afterAll(() => Promise.all([issuers.odd.close(), issuers.failing.close()]));

async function answerTo(solo: Solo, request: ErrorRequest): Promise<string> {
  const { method, path, as = 'ditto', body, headers = {} } = request;
  const usual = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await fetch(solo.http + path, {
    method,
    headers: {
      ...(as === 'nobody' ? {} : { authorization: `Basic ${btoa(`${as}:${as}`)}` }),
      'content-type': request.type ?? usual,
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  // A 304 has no body; what a piggyback command is refused with is inside the answer.
  const code = response.status === 304 ? request.code : (/"error":"([^"]+)"/.exec(text)?.[1] ?? text.slice(0, 200));
  return `${String(response.status)} ${code}`;
}

describe('Error codes of Ditto', () => {
  it('are each yielded by a request, or it is known why not', () => {
    const asked = [...requests, ...MESSAGE_ERROR_REQUESTS].map(({ code }) => code);
    const covered = [...asked, ...Object.keys(OTHER_CODES)];
    expect(covered.toSorted()).toEqual(DITTO_ERROR_CODES.toSorted());
  });

  it(
    'are answered to the requests of the table',
    () =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder, { ...SETTINGS, GEMEL_OIDC_ISSUERS: issuerSettings(issuers) });
        await setUp(solo);
        const answers: string[] = [];
        for (const request of requests) {
          const { method, path } = request;
          answers.push(`${method} ${path}: ${await answerTo(solo, request)}`);
        }
        expect(answers).toEqual(
          requests.map(({ method, path, status, code }) => `${method} ${path}: ${String(status)} ${code}`),
        );
        expect(await answersToMessages(solo, MESSAGE_ERROR_REQUESTS)).toEqual(
          MESSAGE_ERROR_REQUESTS.map(({ status, code }) => `${String(status)} ${code}`),
        );
        expect(await solo.stop()).toBe(0);
      }),
    60_000,
  );
});
