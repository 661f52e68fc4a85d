import { call } from '../support/api.js';
import type { Gemel } from '../support/gemel.js';
import {
  And,
  DefaultCountOptions,
  DefaultFieldsOptions,
  DefaultMatchOptions,
  DefaultSearchOptions,
  Entry,
  Eq,
  Feature,
  Features,
  Gt,
  Like,
  Policy,
  Resource,
  Subject,
  Thing,
  dittoClients,
} from './ditto-client.js';

/** What a user of Ditto's JavaScript client does; the same on one process and on several. */
export const CLIENT_SCENARIOS: readonly (readonly [name: string, play: (gemel: Gemel) => Promise<void>])[] = [
  ['things', things],
  ['features', features],
  ['policies', policies],
  ['search', search],
];

function thing(id: string, attributes: object, withFeatures?: object): InstanceType<typeof Thing> {
  return Thing.fromObject({
    thingId: id,
    attributes,
    ...(withFeatures === undefined ? {} : { features: withFeatures }),
  });
}

async function things(gemel: Gemel): Promise<void> {
  const client = dittoClients(gemel);
  const handle = () => client().getThingsHandle();
  const created = await handle().putThing(thing('js.things:one', { serial: 1, place: { floor: 2 } }));
  expect(created.wasCreated()).toBe(true);
  expect(created.body?.policyId).toBe('js.things:one');
  const again = await handle().putThing(thing('js.things:one', { serial: 2, place: { floor: 2 } }));
  expect(again.wasUpdated()).toBe(true);

  const read = await handle().getThing('js.things:one');
  expect(read.attributes).toEqual({ serial: 2, place: { floor: 2 } });
  const selected = await handle().getThing(
    'js.things:one',
    DefaultFieldsOptions.getInstance().withFields('thingId', '_revision'),
  );
  expect(selected).toMatchObject({ _thingId: 'js.things:one', __revision: 2 });

  await handle().putAttribute('js.things:one', 'place/floor', 3);
  expect(await handle().getAttribute('js.things:one', 'place/floor')).toBe(3);
  await handle().patchAttributes('js.things:one', { serial: null, owner: 'me' });
  expect(await handle().getAttributes('js.things:one')).toEqual({ place: { floor: 3 }, owner: 'me' });
  await handle().deleteAttribute('js.things:one', 'owner');
  await handle().putDefinition('js.things:one', 'js:thing:1.0');
  expect(await handle().getDefinition('js.things:one')).toBe('js:thing:1.0');
  await handle().deleteDefinition('js.things:one');
  expect(await handle().getPolicyId('js.things:one')).toBe('js.things:one');

  const posted = await handle().postThing({ attributes: { posted: true } });
  expect(posted.thingId).toMatch(/^org\.eclipse\.ditto:/);
  const both = await handle().getThings([posted.thingId, 'js.things:one', 'js.things:none']);
  expect(both.map(({ thingId }) => thingId)).toEqual([posted.thingId, 'js.things:one']);

  const stale = DefaultMatchOptions.getInstance().ifMatch('"rev:1"');
  const precondition = handle().putAttribute('js.things:one', 'serial', 9, stale);
  await expect(precondition).rejects.toMatchObject({ _status: 412 });
  const stranger = dittoClients(gemel, 'other');
  await expect(stranger().getThingsHandle().getThing('js.things:one')).rejects.toMatchObject({
    _status: 401,
  });
  expect((await handle().deleteThing('js.things:one')).status).toBe(204);
  await expect(handle().getThing('js.things:one')).rejects.toMatchObject({
    _status: 404,
    _value: { error: 'things:thing.notfound' },
  });
}

async function features(gemel: Gemel): Promise<void> {
  const client = dittoClients(gemel);
  await client().getThingsHandle().putThing(thing('js.features:lamp', {}));
  const handle = () => client().getFeaturesHandle('js.features:lamp');
  await handle().putFeatures(Features.fromObject({ light: { properties: { on: false, level: 10 } } }));
  const put = await handle().putFeature(new Feature('heat', ['js:heat:1.0'], { degrees: 20.5 }));
  expect(put.wasCreated()).toBe(true);
  expect((await handle().getFeature('light')).properties).toEqual({ on: false, level: 10 });
  await handle().putProperty('light', 'on', true);
  expect(await handle().getProperty('light', 'on')).toBe(true);
  await handle().patchProperties('light', { level: null, colour: { r: 1 } });
  expect(await handle().getProperties('light')).toEqual({ on: true, colour: { r: 1 } });
  expect(await handle().getDefinition('heat')).toEqual(['js:heat:1.0']);
  await handle().putDefinition('light', ['js:light:1.0', 'js:light:2.0']);
  await handle().deleteDefinition('heat');
  await handle().deleteProperty('light', 'colour/r');
  await handle().deleteFeature('heat');
  expect(Object.keys(await handle().getFeatures())).toEqual(['light']);
  await expect(handle().getFeature('heat')).rejects.toMatchObject({
    _status: 404,
    _value: { error: 'things:feature.notfound' },
  });
  await handle().deleteFeatures();
  await expect(handle().getFeatures()).rejects.toMatchObject({ _value: { error: 'things:features.notfound' } });
}

async function policies(gemel: Gemel): Promise<void> {
  const client = dittoClients(gemel);
  const handle = () => client().getPoliciesHandle();
  const policy = Policy.fromObject(
    {
      entries: {
        owner: {
          subjects: { 'nginx:ditto': { type: 'user' } },
          resources: {
            'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
            'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
          },
        },
      },
    },
    'js.policies:one',
  );
  expect((await handle().putPolicy(policy)).wasCreated()).toBe(true);
  const reader = Entry.fromObject(
    { subjects: { 'nginx:reader': { type: 'user' } }, resources: { 'thing:/': { grant: ['READ'], revoke: [] } } },
    'reader',
  );
  expect((await handle().putEntry('js.policies:one', reader)).wasCreated()).toBe(true);
  await handle().putSubject('js.policies:one', 'reader', Subject.fromObject({ type: 'group' }, 'nginx:guests'));
  const subjects = await handle().getSubjects('js.policies:one', 'reader');
  expect(Object.keys(subjects)).toEqual(['nginx:reader', 'nginx:guests']);
  const resource = Resource.fromObject({ grant: ['READ'], revoke: [] }, 'message:/');
  await handle().putResource('js.policies:one', 'reader', resource);
  expect(Object.keys(await handle().getResources('js.policies:one', 'reader'))).toEqual(['thing:/', 'message:/']);
  await handle().deleteResource('js.policies:one', 'reader', 'message:/');
  await handle().deleteSubject('js.policies:one', 'reader', 'nginx:guests');
  expect(Object.keys(await handle().getEntries('js.policies:one'))).toEqual(['owner', 'reader']);
  await handle().deleteEntry('js.policies:one', 'reader');
  await expect(handle().getEntry('js.policies:one', 'reader')).rejects.toMatchObject({
    _status: 404,
    _value: { error: 'policies:entry.notfound' },
  });
  await expect(handle().deleteEntry('js.policies:one', 'owner')).rejects.toMatchObject({ _status: 403 });
  expect((await handle().deletePolicy('js.policies:one')).status).toBe(204);
}

async function search(gemel: Gemel): Promise<void> {
  const client = dittoClients(gemel);
  for (const serial of [1, 2, 3, 4, 5])
    await client()
      .getThingsHandle()
      .putThing(thing(`js.search:t${String(serial)}`, { serial }));
  const handle = () => client().getSearchHandle();
  const filter = And(Like('thingId', 'js.search:*'), Gt('attributes/serial', 1));
  const options = () => DefaultSearchOptions.getInstance().withFilter(filter).withSort('+attributes/serial');
  const first = await handle().search(options().withPageSize(3).withFields('thingId', 'attributes'));
  expect(first.items.map(({ attributes }) => attributes)).toEqual([{ serial: 2 }, { serial: 3 }, { serial: 4 }]);
  const second = await handle().search(options().withPageSize(3).withCursor(first.cursor));
  expect(second.items.map(({ thingId }) => thingId)).toEqual(['js.search:t5']);
  expect(await handle().count(DefaultCountOptions.getInstance().withFilter(filter))).toBe(4);
  const namespaced = DefaultCountOptions.getInstance().withFilter(Eq('attributes/serial', 3)).withNamespaces('js.none');
  expect(await handle().count(namespaced)).toBe(0);
  const gone = await call({ http: gemel.things[0] ?? '' }, 'DELETE', '/api/2/things/js.search:t5');
  expect(gone.status).toBe(204);
  expect(await handle().count(DefaultCountOptions.getInstance().withFilter(filter))).toBe(3);
  const wrong = handle().search(DefaultSearchOptions.getInstance().withRawFilter('eq('));
  await expect(wrong).rejects.toMatchObject({ _status: 400, _value: { error: 'rql.expression.invalid' } });
}
