import type { PolicyListing } from '@gemel/application/policies';
import type { SignalContext } from '@gemel/application/signals';
import { member, parseFieldSelector } from '@gemel/model/json';
import { defineRoute } from '../http/index.js';
import type { Route } from '../http/index.js';
import { refusal } from './refusal.js';
import { TEXT, contextOf, prettyReply } from './wire.js';

const ID = parseFieldSelector('policyId');
const PAGE = 'size(200)';

/** `GET /api/policies`: what the forms of the Grafana app offer for choice. */
export function policyListRoute(listing: Pick<PolicyListing, 'list'>): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/policies',
    summary: 'The ids of the policies that you may read',
    tag: 'Policies',
    responses: { 200: { description: 'All of them, in order.', schema: { type: 'array', items: TEXT } } },
    handler: async (request) => prettyReply(200, await idsOf(listing, contextOf(request))),
    refusal,
  });
}

async function idsOf(listing: Pick<PolicyListing, 'list'>, context: SignalContext): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const option: string = cursor === '' ? PAGE : `${PAGE},cursor(${cursor})`;
    const page = await listing.list({ option, fields: ID }, context);
    for (const item of page.items) {
      const id = member(item, 'policyId');
      if (typeof id === 'string') ids.push(id);
    }
    cursor = page.cursor;
  }
  return ids;
}
