import { parseConnection } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import type { TwinAck } from '@gemel/model/protocol';
import type { AnnouncementSubscription } from '../announcements/index.js';
import { PayloadMappers } from '../ingest/index.js';
import { MessageNotTaken, MessageRefused, PUBLISHED } from '../ports/index.js';
import type { OutboundMessage, PublishOutcome } from '../ports/index.js';
import { PolicyAnnouncementTarget } from './policy-announcement-target.js';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent };

function open(change: JsonObject = {}) {
  const target = {
    address: 'announcements/{{ policy:name }}',
    topics: ['_/_/policies/announcements?namespaces=example'],
    qos: 1,
    authorizationContext: ['nginx:guest'],
    issuedAcknowledgementLabel: '{{connection:id}}:told',
    ...change,
  };
  const connection = parseConnection({ id: 'cars', connectionType: 'mqtt', uri: 'tcp://broker', targets: [target] });
  const subscriptions: AnnouncementSubscription[] = [];
  const published: OutboundMessage[] = [];
  const issued: TwinAck[] = [];
  const world: { publish: () => Promise<PublishOutcome> } = { publish: () => Promise.resolve(PUBLISHED) };
  const [parsed] = connection.targets;
  if (parsed === undefined) throw new Error('no target');
  const opened = new PolicyAnnouncementTarget(parsed, {
    hub: {
      subscribe: (subscription) => {
        subscriptions.push(subscription);
        return { close: () => void subscriptions.pop() };
      },
    },
    acks: { issue: (ack) => void issued.push(ack) },
    mappers: PayloadMappers.builtIn,
    clock: { now: () => 0 },
    log,
    connectionId: 'cars',
    isMine: () => true,
    publish: (message) => {
      published.push(message);
      return world.publish();
    },
  });
  const announce = (namespace = 'example', headers: JsonObject = { 'requested-acks': ['cars:told'] }) =>
    subscriptions[0]?.next({
      topic: `${namespace}/fleet/policies/announcements/subjectDeletion`,
      headers: { 'correlation-id': 'c', ...headers },
      path: '/',
      value: { deleteAt: '2030-01-01T00:00:00Z', subjectIds: ['nginx:guest'] },
    });
  return { opened, subscriptions, published, issued, world, announce };
}

describe('announcements of policies', () => {
  it('are published where a target wants them, for its subjects and namespaces', async () => {
    const { opened, subscriptions, published, announce } = open();
    expect(subscriptions[0]?.subjects).toEqual(['nginx:guest']);
    announce();
    announce('other');
    await opened.stop();
    expect(published).toMatchObject([{ address: 'announcements/fleet', qos: 1, headers: { 'correlation-id': 'c' } }]);
    expect(JSON.parse(String(published[0]?.payload))).toMatchObject({
      topic: 'example/fleet/policies/announcements/subjectDeletion',
      value: { subjectIds: ['nginx:guest'] },
    });
    expect(subscriptions).toEqual([]);
    expect(opened.counters()).toEqual({ published: 1, filtered: 0, refused: 0 });
  });

  it('are nothing to a target that does not name them', () => {
    expect(open({ topics: ['_/_/things/twin/events'] }).subscriptions).toEqual([]);
  });

  it.each<[string, () => Promise<PublishOutcome>, number | undefined]>([
    ['taken', () => Promise.resolve({ status: 204 }), 204],
    ['not taken now', () => Promise.reject(new MessageNotTaken({ status: 503 }, 'busy')), 503],
    ['never taken', () => Promise.reject(new MessageRefused('a', 'too long')), 400],
    ['lost', () => Promise.reject(new Error('the broker is away')), undefined],
  ])('are acknowledged as %s', async (_what, publish, status) => {
    const { opened, issued, world, announce } = open();
    world.publish = publish;
    announce();
    await opened.stop();
    expect(issued).toMatchObject(status === undefined ? [] : [{ correlationId: 'c', label: 'cars:told', status }]);
  });

  it('are acknowledged only when that is asked for', async () => {
    const { opened, issued, announce } = open();
    announce('example', {});
    announce('example', { 'requested-acks': ['other:label'] });
    await opened.stop();
    expect(issued).toEqual([]);
  });
});
