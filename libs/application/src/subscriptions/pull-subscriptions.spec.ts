import { SearchOptionInvalid } from '@gemel/model/rql';
import type { JsonObject } from '@gemel/model/json';
import { turns } from '@gemel/testkit/contracts';
import { VirtualTimers } from '@gemel/testkit/memory';
import { SEARCH_ERRORS, STREAMING_ERRORS } from './errors.js';
import { PullSubscriptions } from './pull-subscriptions.js';
import type { SubscriptionEvent } from './pull-subscriptions.js';

async function* counting(end: number, failure?: Error): AsyncGenerator<JsonObject> {
  for (let n = 1; n <= end; n++) yield { items: [n] };
  if (failure !== undefined) throw failure;
}

function open() {
  const timers = new VirtualTimers();
  const subscriptions = new PullSubscriptions(SEARCH_ERRORS, timers);
  const told: SubscriptionEvent[] = [];
  const tell = (event: SubscriptionEvent) => void told.push(event);
  const begin = (items = counting(3)) => subscriptions.begin('s', items, tell);
  const request = async (demand: unknown, id = 's') => {
    subscriptions.request(id, demand, tell);
    await turns(10);
  };
  const actions = () => told.map(({ action }) => action);
  const failure = () => {
    const { action, value } = told.at(-1) ?? {};
    return action === 'failed' ? value?.['error'] : undefined;
  };
  return { timers, subscriptions, told, begin, request, actions, failure };
}

describe('PullSubscriptions', () => {
  it('tell the id at once, and nothing else before it is asked for', async () => {
    const { begin, told } = open();
    begin();
    await turns(10);
    expect(told).toEqual([{ action: 'created', value: { subscriptionId: 's' } }]);
  });

  it('tell as much as is asked for, and the end with the last one', async () => {
    const { begin, request, told, actions, subscriptions } = open();
    begin();
    await request(1);
    expect(told.at(-1)).toEqual({ action: 'next', value: { subscriptionId: 's', items: [1] } });
    await request(1);
    expect(actions()).toEqual(['created', 'next', 'next']);
    await request(1);
    expect(actions()).toEqual(['created', 'next', 'next', 'next', 'complete']);
    expect(subscriptions.size).toBe(0);
  });

  it('add demands up, also those that come while it tells', async () => {
    const { begin, request, actions, subscriptions, told } = open();
    begin(counting(5));
    subscriptions.request('s', 2, (event) => void told.push(event));
    await request(2);
    expect(actions()).toEqual(['created', 'next', 'next', 'next', 'next']);
    await request(Number.MAX_SAFE_INTEGER);
    expect(actions().slice(-2)).toEqual(['next', 'complete']);
  });

  it('end at once what finds nothing', async () => {
    const { begin, request, actions } = open();
    begin(counting(0));
    await request(10);
    expect(actions()).toEqual(['created', 'complete']);
  });

  it.each([0, -1, 1.5, '1', undefined, null, Number.NaN])('fail for a demand of %j', async (demand) => {
    const { begin, request, failure } = open();
    begin();
    await request(demand);
    expect(failure()).toMatchObject({ status: 400, error: 'thing-search:subscription.protocol.error' });
    await request(1);
    expect(failure()).toMatchObject({ status: 404, error: 'thing-search:subscription.not.found' });
  });

  it('fail with what the search is refused with, when it is asked for', async () => {
    const { begin, request, actions, failure } = open();
    begin(counting(0, new SearchOptionInvalid('no such option')));
    expect(actions()).toEqual(['created']);
    await request(1);
    expect(failure()).toMatchObject({ status: 400, error: 'thing-search:search.option.invalid' });
    expect(actions()).toEqual(['created', 'failed']);
  });

  it('say nothing of what went wrong inside', async () => {
    const { begin, request, failure } = open();
    begin(counting(0, new Error('the password of the database')));
    await request(1);
    expect(failure()).toMatchObject({ status: 500, error: 'internalerror' });
    expect(JSON.stringify(failure())).not.toContain('password');
  });

  it('are over when they are cancelled', async () => {
    const { begin, request, subscriptions, failure } = open();
    begin();
    subscriptions.cancel('s');
    await request(1);
    expect(failure()).toMatchObject({ error: 'thing-search:subscription.not.found' });
    expect(() => subscriptions.cancel('s')).toThrow(expect.objectContaining({ status: 404 }));
  });

  it('are over when nothing is asked for a minute long', async () => {
    const { begin, request, timers, failure, actions } = open();
    begin(counting(5));
    await timers.advance(59_000);
    await request(1);
    await timers.advance(59_000);
    expect(actions()).toEqual(['created', 'next']);
    await timers.advance(1_000);
    expect(failure()).toMatchObject({ status: 408, error: 'thing-search:subscription.timeout' });
  });

  it('are a hundred at most', () => {
    const { subscriptions } = open();
    for (let n = 0; n < 100; n++) subscriptions.begin(String(n), counting(1), () => undefined);
    expect(() => subscriptions.begin('x', counting(1), () => undefined)).toThrow(
      expect.objectContaining({ status: 429 }),
    );
  });

  it('have other codes when they are of past events', () => {
    const codes: unknown[] = [];
    const streaming = new PullSubscriptions(STREAMING_ERRORS, new VirtualTimers());
    streaming.request('x', 1, ({ value }) => void codes.push(value['error']));
    expect(codes).toMatchObject([{ status: 404, error: 'streaming.subscription.not.found' }]);
  });
});
