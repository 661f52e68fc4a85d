import * as ditto from '@eclipse-ditto/ditto-javascript-client-node';
import type { Gemel } from '../support/gemel.js';

// CommonJS: its names are where the importing mode puts them.
const api = 'DittoNodeClient' in ditto ? ditto : (ditto as { readonly default: typeof ditto }).default;
export const { DefaultFieldsOptions, DefaultMatchOptions, DefaultSearchOptions, DefaultCountOptions } = api;
export const { And, Eq, Gt, Like } = api;
export const { Entries, Entry, Features, Feature, Policy, Resource, Subject, Thing } = api;

export type DittoClient = ReturnType<ReturnType<typeof newBuilder>['build']>;

/** Ditto's own client, signed in as a user; of several replicas another one each time. */
export function dittoClients(gemel: Gemel, user = 'ditto'): () => DittoClient {
  const clients = gemel.things.map((url) => newBuilder(url, user).build());
  let calls = 0;
  return () => {
    const client = clients[calls++ % clients.length];
    if (client === undefined) throw new Error('there is no replica');
    return client;
  };
}

function newBuilder(url: string, user: string) {
  return api.DittoNodeClient.newHttpClient()
    .withoutTls()
    .withDomain(new URL(url).host)
    .withAuthProvider(api.NodeHttpBasicAuth.newInstance(user, user));
}
