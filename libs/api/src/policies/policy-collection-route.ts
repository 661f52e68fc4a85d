import type { PolicyListRequest, PolicyPage } from '@gemel/application/policies';
import type { SignalContext } from '@gemel/application/signals';
import { awaitRead, defineRoute, jsonReply } from '../http/index.js';
import type { Route } from '../http/index.js';
import { FIELDS, TIMEOUT, schemaRef } from '../openapi/index.js';

/** Lists the policies that a caller may read. */
export interface PolicyListings {
  list(request: PolicyListRequest, context: Pick<SignalContext, 'subjects'>): Promise<PolicyPage>;
}

/** `GET /api/2/policies`, which Ditto does not have. */
export function policyCollectionRoute(listing: PolicyListings): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/2/policies',
    summary: 'List policies that you may read',
    description:
      'Not in Ditto. In the order of their IDs, with what you may read of each. A page may have fewer policies than asked ' +
      'for, or none, and still a cursor: then go on with it.',
    tag: 'Policies',
    parameters: [
      {
        name: 'filter',
        in: 'query',
        description:
          'RQL over `policyId`, `namespace`, `subject`, `imports`, `label`, `_revision`, `_created` and `_modified`, ' +
          'for example `and(like(policyId,"org.example:*"),eq(subject,"nginx:ditto"))`.',
      },
      { name: 'option', in: 'query', description: 'For example `size(50),sort(-policyId),cursor(…)`.' },
      FIELDS,
      TIMEOUT,
    ],
    responses: { 200: { description: 'One page.', schema: schemaRef('PolicyPage') } },
    handler: (request) => {
      const filter = request.queryAll('filter');
      const options = request.queryAll('option');
      const option = options.length === 0 ? undefined : options.join(',');
      const fields = request.fields();
      const context = request.context();
      return awaitRead(request, async () => jsonReply(200, await listed({ filter, option, fields }, context)));
    },
  });

  async function listed(request: PolicyListRequest, context: SignalContext) {
    const { items, cursor } = await listing.list(request, context);
    return { items, ...(cursor === undefined ? {} : { cursor }) };
  }
}
