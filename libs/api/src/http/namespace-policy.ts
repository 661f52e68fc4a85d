import type { Clock } from '@gemel/application/ports';
import { NamespaceAccess, NamespaceNotAccessible } from '@gemel/model/authentication';
import type { NamespaceRule, NamespacedType } from '@gemel/model/authentication';
import type { ApiRequest, RawRequest } from './api-request.js';

/** Which namespaces callers may reach at all. */
export interface NamespacePolicy {
  /** One at least: who fits none of them reaches nothing. */
  readonly rules: readonly NamespaceRule[];
  /** Of ids that leave theirs out. */
  readonly defaultNamespace: string;
  readonly clock: Clock;
}

/** Path parameters that name an entity; those of the extended API name things. */
const DITTO: readonly (readonly [name: string, type: NamespacedType])[] = [
  ['thingId', 'thing'],
  ['policyId', 'policy'],
];
const EXTENDED = ['id', 'childId', 'copyId', 'twinId'];
const DITTO_PATH = '/api/2/';
/** Says who the caller is, and nothing of any entity. */
const WHOAMI = /^\/api\/2\/whoami(?:\?|$)/;
/** Reaches entities of all namespaces without naming them in the path. */
const OF_ANY = /^GET \/api\/2\/policies\/?(?:\?|$)/;
/** What is linked to a twin or a type may have any namespace. */
const COMPOSED = /^\/api\/2\/(?:twins|types)(?:[/?]|$)/;

/**
 * Holds a request to the rules: what its path names, before its body is read. What searches and lists look at, they ask
 * for by themselves; parts of the API that Ditto does not have are for callers who may reach all namespaces.
 * @throws NamespaceNotAccessible
 */
export function checkNamespaces(request: RawRequest, api: ApiRequest, namespaces: NamespacePolicy): void {
  if (WHOAMI.test(request.url)) return;
  const { rules, defaultNamespace, clock } = namespaces;
  const { token, headers = {} } = api.principal ?? {};
  const given = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value] as const],
  );
  const known = { claims: token?.claims, headers: { ...Object.fromEntries(given), ...headers }, now: clock.now() };
  const access = new NamespaceAccess(rules, known);
  api.namespaceAccess = access;
  const isDitto = request.url.startsWith(DITTO_PATH);
  const named = isDitto ? DITTO : EXTENDED.map((name) => [name, 'thing'] as const);
  const found = named.flatMap(([name, type]) => {
    const id = request.params[name];
    return id === undefined ? [] : [{ id, type }];
  });
  for (const { id, type } of found) {
    const colon = id.indexOf(':');
    // What is no id is refused as such.
    if (colon >= 0) access.require(colon === 0 ? defaultNamespace : id.slice(0, colon), type);
  }
  const namesNothing = found.length === 0 && (!isDitto || OF_ANY.test(`${request.method} ${request.url}`));
  const reachesAll = namesNothing || COMPOSED.test(request.url);
  if (reachesAll && !(access.isOpen('thing') && access.isOpen('policy'))) throw new NamespaceNotAccessible(undefined);
}
