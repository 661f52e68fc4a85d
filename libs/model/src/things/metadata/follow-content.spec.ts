import fc from 'fast-check';
import { parseThingId } from '../../ids/index.js';
import { parsePointer } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import type { ThingEvent } from '../../signals/index.js';
import { evolve } from '../evolve.js';
import type { ThingState } from '../thing.js';
import { putMetadata, visibleMetadata } from './index.js';

const THING = {
  thingId: 'org.example:car',
  policyId: 'org.example:car',
  attributes: { a: 1, b: { c: 2, d: 3 } },
  features: { lamp: { properties: { on: true, color: { r: 1 } } } },
};
const K = { k: 1 };
const METADATA = {
  thingId: K,
  policyId: K,
  attributes: { a: K, b: { c: K, d: K } },
  features: { lamp: { properties: { on: K, color: { r: K } } } },
  note: 'of the thing',
};

const eventOf = (action: ThingEvent['action'], path: string, value?: JsonValue, metadata?: JsonObject): ThingEvent => ({
  entity: 'thing',
  id: parseThingId('org.example:car'),
  revision: 2,
  timestamp: 0,
  headers: {},
  action,
  path: parsePointer(path),
  ...(value === undefined ? undefined : { value }),
  ...(metadata === undefined ? undefined : { metadata }),
});

const created = eventOf('created', '/', THING, METADATA);
const after = (...events: readonly ThingEvent[]) =>
  [created, ...events].reduce<ThingState | undefined>(evolve, undefined)?.metadata as typeof METADATA | undefined;

describe('Things: Metadata follows deletes', () => {
  it('comes with the event that creates the thing', () => {
    expect(after()).toEqual(METADATA);
  });

  it('stays when a value is replaced by another one', () => {
    expect(after(eventOf('modified', '/attributes/a', 2))).toEqual(METADATA);
    expect(after(eventOf('merged', '/', { attributes: { a: 2 } }))).toEqual(METADATA);
  });

  it.each([
    ['deleted', eventOf('deleted', '/attributes/b'), { a: { k: 1 } }],
    ['deleted', eventOf('deleted', '/attributes'), undefined],
    ['merged', eventOf('merged', '/', { attributes: { b: { c: null } } }), { a: { k: 1 }, b: { d: { k: 1 } } }],
    ['merged', eventOf('merged', '/attributes/b', null), { a: { k: 1 } }],
    ['replaced', eventOf('modified', '/attributes', { b: { c: 1 } }), { b: { c: { k: 1 } } }],
    ['replaced', eventOf('modified', '/attributes/b', 7), { a: { k: 1 } }],
    ['emptied', eventOf('modified', '/attributes', {}), undefined],
  ])('goes with what is %s', (_how, event, expected) => {
    expect((after(event) as JsonObject | undefined)?.['attributes']).toEqual(expected);
    expect(after(event)).toMatchObject({ features: METADATA.features, note: 'of the thing' });
  });

  it('goes with the thing, and is not there when it comes again', () => {
    const deleted = eventOf('deleted', '/');
    expect(after(deleted)).toBeUndefined();
    expect(after(deleted, eventOf('created', '/', THING))).toBeUndefined();
  });

  it('is replaced at the path of an event that brings some', () => {
    const event = eventOf('modified', '/features/lamp/properties/on', false, { by: 'me' });
    expect(after(event)?.features).toEqual({
      lamp: { properties: { on: { by: 'me' }, color: { r: { k: 1 } } } },
    });
    expect(after(eventOf('modified', '/features/lamp/properties/on', false, {}))?.features).toEqual({
      lamp: { properties: { color: { r: { k: 1 } } } },
    });
  });

  it('describes no part that is gone, whatever is written', () => {
    const values = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer())),
    );
    fc.assert(
      fc.property(values, values, (first, second) => {
        const one = { ...THING, attributes: first };
        const metadata = putMetadata(undefined, [{ key: ['*', 'k'], value: 1 }], { path: [], content: one });
        const events = [eventOf('created', '/', one, metadata), eventOf('modified', '/attributes', second)];
        const described = events.reduce<ThingState | undefined>(evolve, undefined)?.metadata?.['attributes'] ?? {};
        for (const key of Object.keys(described)) expect(Object.keys(second)).toContain(key);
      }),
    );
  });
});

describe('visibleMetadata', () => {
  it('is all of it for who sees all', () => {
    expect(visibleMetadata(METADATA, THING, THING)).toBe(METADATA);
  });

  it('is that of the parts in the view, wholly visible ones with their own', () => {
    const metadata = { ...METADATA, attributes: { ...METADATA.attributes, b: { ...METADATA.attributes.b, own: 1 } } };
    const view = { thingId: THING.thingId, attributes: { b: THING.attributes.b } };
    expect(visibleMetadata(metadata, THING, view)).toEqual({
      thingId: { k: 1 },
      attributes: { b: { c: { k: 1 }, d: { k: 1 }, own: 1 } },
    });
    const less = { thingId: THING.thingId, attributes: { b: { c: 2 } } };
    expect(visibleMetadata(metadata, THING, less)).toEqual({ thingId: { k: 1 }, attributes: { b: { c: { k: 1 } } } });
  });

  it('is nothing for who sees nothing that is described', () => {
    expect(visibleMetadata({ attributes: { a: { k: 1 } } }, THING, { features: THING.features })).toBeUndefined();
  });
});
