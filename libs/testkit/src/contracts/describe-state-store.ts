import { RevisionConflict } from '@gemel/application/ports';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { parseJson } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import fc from 'fast-check';
import { policyChange, readAll, thingChange, thingDeletion } from './changes.js';
import type { OpenedStore } from './opened-store.js';

const X = parseThingId('a:x');

/** Attributes that a store may damage in its own way; each must come back as it was. */
const AWKWARD: Readonly<Record<string, string>> = {
  'empty objects and arrays': '{"object":{},"array":[],"deep":{"a":{"b":[{},[]]}},"":{"":""}}',
  'large and small numbers': '{"a":1e21,"b":5e-324,"c":1.7976931348623157e308,"d":9007199254740993,"e":0.1,"f":-7}',
  'members named like an object’s own': '{"__proto__":{"a":1},"constructor":1,"hasOwnProperty":null,"toString":"x"}',
  'members named like operators and paths': '{"$set":1,"a.b":2,"a/b":3,"~0":4,"a\\u0000b":5," ":6}',
  'text of every plane': '{"ö":"\u{1F697}","e":"e\\u0301","nul":"\\u0000","bom":"\\ufeff"}',
  'half a surrogate pair': '{"x":"\\ud83d"}',
  'null, which is not absent': '{"null":null,"list":[null,false,""]}',
  'the order of members': '{"z":1,"a":2,"m":{"z":1,"a":2}}',
};

/** What every state store promises. */
export function describeStateStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as a state store`, () => {
    let opened: OpenedStore;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(async () => {
      await opened.close();
    });

    it('has nothing under an id that never was', async () => {
      expect(await opened.states.thing(X)).toBeUndefined();
      expect(await opened.states.policy(parsePolicyId('a:x'))).toBeUndefined();
    });

    it('has the last state of things and policies, each under its own id', async () => {
      const changes = [thingChange('a:x', 1), thingChange('a:x', 2, { n: 2 }), thingChange('a:y', 1)];
      await opened.log.append([...changes, policyChange('a:x', 1)]);
      expect(await opened.states.thing(X)).toEqual(changes[1]?.state);
      expect(await opened.states.thing(parseThingId('a:y'))).toEqual(changes[2]?.state);
      expect(await opened.states.policy(parsePolicyId('a:x'))).toEqual(policyChange('a:x', 1).state);
      expect(await opened.states.policy(parsePolicyId('a:y'))).toBeUndefined();
    });

    it('keeps a deleted thing, marked so, with its revision', async () => {
      await opened.log.append([thingChange('a:x', 1, { n: 1 })]);
      const deletion = thingDeletion('a:x', 2);
      await opened.log.append([deletion]);
      expect(await opened.states.thing(X)).toEqual(deletion.state);
      opened = await opened.reopen();
      expect(await opened.states.thing(X)).toMatchObject({ deleted: true, revision: 2 });
      await opened.log.append([thingChange('a:x', 3, { n: 3 })]);
      expect(await opened.states.thing(X)).toMatchObject({ deleted: false, revision: 3 });
    });

    it('keeps the metadata of a thing, also without some', async () => {
      const change = thingChange('a:x', 1, { n: 1 });
      const metadata = { attributes: { n: { unit: 'm', $set: { 'a.b': null } } } };
      const event = { ...change.event, metadata };
      const described = { ...change, event, state: { ...change.state, metadata } };
      await opened.log.append([described, thingChange('a:y', 1)]);
      expect(await opened.states.thing(X)).toEqual(described.state);
      opened = await opened.reopen();
      expect(await opened.states.thing(X)).toEqual(described.state);
      expect(await opened.states.thing(parseThingId('a:y'))).not.toHaveProperty('metadata');
    });

    it('shows an append when its promise has resolved', async () => {
      for (let revision = 1; revision <= 20; revision += 1) {
        await opened.log.append([thingChange('a:x', revision, { n: revision })]);
        expect(await opened.states.thing(X)).toEqual(thingChange('a:x', revision, { n: revision }).state);
      }
    });

    it('never shows a state whose event is not in the log', async () => {
      const append = opened.log.append([thingChange('a:x', 1)]);
      let shown: boolean;
      do {
        const state = await opened.states.thing(X);
        shown = state !== undefined;
        if (shown) expect(await opened.log.history('thing', X, { from: 1, to: 1 })).toHaveLength(1);
        await new Promise((resolve) => setImmediate(resolve));
      } while (!shown);
      await append;
    });

    it('shows nothing of a refused append', async () => {
      await opened.log.append([thingChange('a:x', 1, { n: 1 })]);
      const refused = opened.log.append([thingChange('a:x', 2, { n: 2 }), thingChange('a:y', 2)]);
      await expect(refused).rejects.toThrow(RevisionConflict);
      expect(await opened.states.thing(X)).toEqual(thingChange('a:x', 1, { n: 1 }).state);
    });

    it('has all states after a restart', async () => {
      const ids = Array.from({ length: 100 }, (_, index) => `a:thing-${String(index)}`);
      await Promise.all(ids.map((id) => opened.log.append([thingChange(id, 1, { id }), policyChange(id, 1)])));
      opened = await opened.reopen();
      for (const id of ids) {
        expect(await opened.states.thing(parseThingId(id))).toEqual(thingChange(id, 1, { id }).state);
        expect(await opened.states.policy(parsePolicyId(id))).toEqual(policyChange(id, 1).state);
      }
    });

    const expectKept = async (attributes: JsonObject, revision: number) => {
      const change = thingChange('a:x', revision, attributes);
      await opened.log.append([change]);
      const text = JSON.stringify(change);
      const read = async () => {
        const [recorded] = await opened.log.history('thing', X, { from: revision, to: revision });
        return JSON.stringify({ entity: 'thing', event: recorded?.event, state: await opened.states.thing(X) });
      };
      expect(await read()).toBe(text);
      opened = await opened.reopen();
      expect(await read()).toBe(text);
      expect((await readAll(opened.log)).map(({ event }) => JSON.stringify(event)).at(-1)).toBe(
        JSON.stringify(change.event),
      );
    };

    it.each(Object.entries(AWKWARD))('loses nothing of %s', async (_name, text) => {
      const attributes = parseJson(text) as JsonObject;
      expect(JSON.stringify(attributes)).toBe(JSON.stringify(JSON.parse(text)));
      await expectKept(attributes, 1);
    });

    it('loses nothing of any JSON', async () => {
      let revision = 0;
      const attributes = fc
        .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))
        .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
      await fc.assert(
        fc.asyncProperty(attributes, async (value) => expectKept(value, (revision += 1))),
        { numRuns: 50, endOnFailure: true },
      );
    });
  });
}
