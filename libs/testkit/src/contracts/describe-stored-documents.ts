import { ConsistencyCheck } from '@gemel/application/consistency';
import type { CheckOptions, Finding } from '@gemel/application/consistency';
import type { EventLog, StateArchive, StateStore, StoredDocuments } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { policyChange, thingChange, thingDeletion } from './changes.js';

/** A store for one test, empty, whose documents can be spoilt behind its back. */
export interface OpenedDocuments {
  readonly log: EventLog;
  readonly archive: StateArchive;
  readonly documents: StoredDocuments;
  /** The same data read by a process that remembers nothing. */
  states(): Promise<StateStore>;
  /** Resolves when nothing that was appended is still to be written. */
  settled(): Promise<void>;
  readonly spoil: {
    /** Another content, as JSON text, and revision of a document. */
    document(entity: 'thing' | 'policy', id: string, change: { content?: string; revision?: number }): Promise<void>;
    removal(entity: 'thing' | 'policy', id: string): Promise<void>;
    /** Whom a policy names, as the directory has it. */
    names(policyId: string): Promise<void>;
    /** What a thing is found by, where that is stored. */
    readonly keys?: (thingId: string) => Promise<void>;
    /** An event is not there any more. */
    event(entity: 'thing' | 'policy', id: string, revision: number): Promise<void>;
    /** An event says that it is another one's. */
    owner(id: string, revision: number, other: string): Promise<void>;
  };
  close(): Promise<void>;
}

const HASTY = { now: () => performance.now(), sleep: () => Promise.resolve() };
const OTHER = JSON.stringify({ thingId: 'a:x', policyId: 'example:policy', attributes: { n: 'wrong' } });

/** What a store keeps beside its log can be held against the log, and written anew from it. */
export function describeStoredDocuments(name: string, open: () => Promise<OpenedDocuments>): void {
  describe(`documents of ${name}`, () => {
    let store: OpenedDocuments;

    beforeEach(async () => {
      store = await open();
      for (let revision = 1; revision <= 3; revision += 1) {
        await store.log.append([thingChange('a:x', revision, { n: revision }), policyChange('a:p', revision)]);
      }
      await store.log.append([thingChange('a:y', 1), thingChange('a:gone', 1)]);
      await store.log.append([thingDeletion('a:gone', 2)]);
      await store.settled();
    });

    afterEach(() => store.close());

    const check = async (options?: CheckOptions) => {
      const parts = { documents: store.documents, log: store.log, archive: store.archive, timers: HASTY };
      const findings: Finding[] = [];
      const checked = { log: 0, thing: 0, policy: 0 };
      let cursor = '';
      for await (const step of new ConsistencyCheck(parts).run(options)) {
        findings.push(...step.findings);
        for (const entity of ['log', 'thing', 'policy'] as const) checked[entity] += step.checked[entity];
        cursor = step.cursor;
      }
      return { findings, checked, cursor };
    };
    const found = (findings: readonly Finding[]) => findings.map(({ kind, entity, id }) => `${kind} ${entity} ${id}`);

    /** Found, left alone unless it is to be repaired, repaired, gone; and the state is the log's again. */
    const expectRepaired = async (...expected: readonly string[]) => {
      expect(found((await check()).findings)).toEqual(expected);
      const { findings } = await check({ repair: true });
      expect([found(findings), findings.map(({ repaired }) => repaired)]).toEqual([expected, expected.map(() => true)]);
      expect((await check()).findings).toEqual([]);
      const states = await store.states();
      expect((await states.thing(parseThingId('a:x')))?.thing.attributes).toEqual({ n: 3 });
    };

    it('are right as they are written, deleted ones and kept states included', async () => {
      const revisions = Array.from({ length: 119 }, (_, index) => index + 2);
      await Promise.all(revisions.map((revision) => store.log.append([thingChange('a:y', revision, { n: revision })])));
      await store.settled();
      const { findings, checked, cursor } = await check();
      expect([findings, checked.thing, checked.policy]).toEqual([[], 3, 1]);
      expect([checked.log, cursor]).toEqual([128, 'policy/a:p']);
    });

    it('are checked on from where a check was', async () => {
      expect((await check({ from: 'thing/a:x' })).checked).toEqual({ log: 0, thing: 1, policy: 1 });
      expect((await check({ from: 'policy/' })).checked).toEqual({ log: 0, thing: 0, policy: 1 });
      await expect(check({ from: 'elsewhere' })).rejects.toThrow("'elsewhere' is no place to go on from");
    });

    it('are found and mended when they say something else than the log', async () => {
      await store.spoil.document('thing', 'a:x', { content: OTHER });
      const { findings } = await check();
      expect(findings[0]?.detail).toBe('at revision 3 the document differs in /content/attributes/n');
      await expectRepaired('state thing a:x');
    });

    it('are found and mended when they are no JSON any more', async () => {
      await store.spoil.document('thing', 'a:x', { content: '{"thingId":' });
      await store.spoil.document('policy', 'a:p', { content: 'null' });
      await expectRepaired('state thing a:x', 'state policy a:p');
    });

    it('are found and mended when they lack changes', async () => {
      const { thing } = thingChange('a:x', 2, { n: 2 }).state;
      await store.spoil.document('thing', 'a:x', { content: JSON.stringify(thing), revision: 2 });
      const kinds = found((await check()).findings);
      expect(kinds).toContain('behind thing a:x');
      await expectRepaired(...kinds);
    });

    it('are found and mended when they are ahead of the log', async () => {
      await store.spoil.document('thing', 'a:x', { revision: 9 });
      await expectRepaired('ahead thing a:x');
    });

    it('are found and mended when they are not there', async () => {
      await store.spoil.removal('thing', 'a:x');
      await store.spoil.removal('policy', 'a:p');
      await expectRepaired('missing thing a:x', 'missing policy a:p');
    });

    it('are found and mended when entities are found by something else', async () => {
      await store.spoil.names('a:p');
      await store.spoil.keys?.('a:x');
      const ofThing = store.spoil.keys === undefined ? [] : ['index thing a:x'];
      await expectRepaired(...ofThing, 'index policy a:p');
    });

    it('stay as they are when the log lacks an event: nobody can tell what they should be', async () => {
      await store.spoil.event('thing', 'a:x', 2);
      const { findings } = await check({ repair: true });
      expect(found(findings)).toEqual(['gap thing a:x']);
      expect(findings[0]).toMatchObject({ detail: 'revision 3 comes after 1', repaired: false });
    });

    it('are told apart from a log that contradicts itself', async () => {
      await store.spoil.owner('a:y', 1, 'a:z');
      // The position of its event, or of the last one of its commit.
      expect(found((await check()).findings)).toContainEqual(expect.stringMatching(/^log log [78]$/));
    });
  });
}
