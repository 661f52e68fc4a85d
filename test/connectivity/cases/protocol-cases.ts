import type { JsonObject } from '@gemel/model/json';
import { eventually } from '@gemel/testkit/waiting';
import { commandOn } from '../../support/opened-connection.js';
import type { OpenedConnection } from '../../support/opened-connection.js';

const PATIENCE_MS = 20_000;
const ATTRIBUTES = { a: { b: 1 }, place: 'Málaga' };
const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' };

/** What is asked of a thing with {@link ATTRIBUTES}, and what is answered. */
const COMMANDS: readonly (readonly [string, string, JsonObject, JsonObject])[] = [
  ['modifies', 'modify', { path: '/attributes/a', value: 2 }, { status: 204, path: '/attributes/a' }],
  ['creates by modifying', 'modify', { path: '/features/f/properties/p', value: [1] }, { status: 404 }],
  ['merges', 'merge', { headers: MERGE_PATCH, path: '/attributes', value: { a: null, c: 3 } }, { status: 204 }],
  ['deletes', 'delete', { path: '/attributes/a/b' }, { status: 204, path: '/attributes/a/b' }],
  ['retrieves', 'retrieve', { path: '/', fields: 'attributes/place' }, { value: { attributes: { place: 'Málaga' } } }],
  [
    'minds a condition',
    'modify',
    { headers: { condition: 'eq(attributes/a,7)' }, path: '/attributes/a', value: 2 },
    { status: 412 },
  ],
  [
    'minds an entity tag',
    'modify',
    { headers: { 'if-match': '"rev:9"' }, path: '/attributes/a', value: 2 },
    { status: 412 },
  ],
  ['refuses a path that nothing has', 'modify', { path: '/colour', value: 2 }, { status: 400 }],
  ['refuses what is no definition', 'modify', { path: '/definition', value: 'x:y' }, { status: 400 }],
];

/** Commands of the Ditto Protocol, over each transport as over any other. */
export function describeCommands(opened: () => OpenedConnection): void {
  it.each(COMMANDS)('%s, and says so', async (_what, action, { headers = {}, ...rest }, expected) => {
    const { inbox, namespace, newThing, answerTo } = opened();
    const name = await newThing(ATTRIBUTES);
    const correlationId = `${name}-${action}`;
    const all = { ...parseHeaders(headers), 'correlation-id': correlationId };
    await inbox.send(name, commandOn(namespace, name, action, { headers: all, ...rest }));
    expect(await answerTo(correlationId)).toMatchObject(expected);
  });

  it('creates a thing and its policy, which it retrieves', async () => {
    const { inbox, namespace, newThing, answerTo } = opened();
    const name = `${await newThing()}-new`;
    const headers = (what: string) => ({ headers: { 'correlation-id': `${name}-${what}` } });
    await inbox.send(name, commandOn(namespace, name, 'create', { ...headers('thing'), path: '/', value: {} }));
    expect(await answerTo(`${name}-thing`)).toMatchObject({
      status: 201,
      value: { thingId: `${namespace}:${name}`, policyId: `${namespace}:${name}` },
    });
    const topic = `${namespace}/${name}/policies/commands/retrieve`;
    await inbox.send(name, JSON.stringify({ topic, ...headers('policy'), path: '/' }));
    expect(await answerTo(`${name}-policy`)).toMatchObject({
      status: 200,
      value: { policyId: `${namespace}:${name}` },
    });
  });

  it('does not answer who does not want it', async () => {
    const { inbox, namespace, newThing, answers, answerTo } = opened();
    const name = await newThing(ATTRIBUTES);
    const ask = (what: string, headers: JsonObject) =>
      inbox.send(
        name,
        commandOn(namespace, name, 'modify', {
          headers: { 'correlation-id': `${name}-${what}`, ...headers },
          path: '/attributes/a',
          value: what,
        }),
      );
    await ask('silent', { 'response-required': false });
    await ask('heard', {});
    await answerTo(`${name}-heard`);
    expect(answers.received.filter(({ payload }) => payload.toString().includes(`${name}-silent`))).toEqual([]);
  });
}

/** What happens to a thing with {@link ATTRIBUTES}, and the event of it. */
const CHANGES: readonly (readonly [string, 'PUT' | 'PATCH' | 'DELETE', string, unknown, JsonObject])[] = [
  ['modified', 'PUT', '/attributes/a', 2, { path: '/attributes/a', value: 2 }],
  ['merged', 'PATCH', '/attributes', { a: null, c: 3 }, { path: '/attributes', value: { a: null, c: 3 } }],
  ['deleted', 'DELETE', '/attributes/a', undefined, { path: '/attributes/a' }],
  [
    'created',
    'PUT',
    '/features/f',
    { properties: { p: [1] } },
    { path: '/features/f', value: { properties: { p: [1] } } },
  ],
  ['deleted', 'DELETE', '', undefined, { path: '/' }],
];

/** Events of the Ditto Protocol, over each transport as over any other. */
export function describeEvents(opened: () => OpenedConnection): void {
  it.each(CHANGES)('tells what is %s by %s of %s', async (action, method, path, value, expected) => {
    const { gemel, namespace, newThing, eventsOf } = opened();
    const name = await newThing(ATTRIBUTES);
    const headers = method === 'PATCH' ? MERGE_PATCH : {};
    const body = value === undefined ? undefined : JSON.stringify(value);
    await gemel.call(method, `/api/2/things/${namespace}:${name}${path}`, body, headers);
    const [event] = await eventually(
      () => Promise.resolve(eventsOf(name).filter(({ revision }) => revision === 2)),
      ({ length }) => length > 0,
      PATIENCE_MS,
    );
    expect(event).toMatchObject({ topic: `${namespace}/${name}/things/twin/events/${action}`, ...expected });
  });

  it('tells nothing of what is in other namespaces', async () => {
    const { gemel, namespace, events, newThing, eventsOf } = opened();
    await gemel.call('PUT', `/api/2/things/${namespace}.other:car`, {});
    const name = await newThing();
    await eventually(
      () => Promise.resolve(eventsOf(name)),
      ({ length }) => length > 0,
      PATIENCE_MS,
    );
    expect(events.received.filter(({ payload }) => payload.toString().includes(`${namespace}.other`))).toEqual([]);
  });
}

function parseHeaders(json: unknown): JsonObject {
  return json as JsonObject;
}
