import { defineError } from '@gemel/model/errors';
import type { GemelError } from '@gemel/model/errors';

/** What subscriptions of one kind fail with. */
export interface SubscriptionErrors {
  readonly NotFound: new (id: string) => GemelError;
  readonly ProtocolError: new (fault: string) => GemelError;
  readonly Timeout: new (id: string) => GemelError;
}

const notFound = (id: string) => ({
  message: `There is no subscription '${id.slice(0, 64)}'.`,
  description: 'It is over, or it was never there. Subscribe anew.',
});
const protocolError = (fault: string) => ({
  message: `The subscription is ended: ${fault}.`,
  description: 'Subscribe anew, and request with a demand of 1 or more.',
});
const timeout = (id: string) => ({
  message: `The subscription '${id.slice(0, 64)}' is ended: nothing was requested of it for too long.`,
  description: 'Subscribe anew, and request what is left.',
});

export const SEARCH_ERRORS: SubscriptionErrors = {
  NotFound: defineError('thing-search:subscription.not.found', 404, notFound),
  ProtocolError: defineError('thing-search:subscription.protocol.error', 400, protocolError),
  Timeout: defineError('thing-search:subscription.timeout', 408, timeout),
};

export const STREAMING_ERRORS: SubscriptionErrors = {
  NotFound: defineError('streaming.subscription.not.found', 404, notFound),
  ProtocolError: defineError('streaming.subscription.protocol.error', 400, protocolError),
  Timeout: defineError('streaming.subscription.timeout', 408, timeout),
};

/** Subscriptions that one sender has open. */
export const TooManySubscriptions = defineError('too.many.requests', 429, (limit: number) => ({
  message: `There are ${String(limit)} open subscriptions already.`,
  description: 'Cancel those that are not needed any more, or request what is left of them.',
}));
