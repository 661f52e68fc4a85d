import { randomUUID } from 'node:crypto';
import { RevisionConflict } from '@gemel/application/ports';
import type { Premise, RememberedPolicy } from '@gemel/application/ports';
import { parsePolicyId } from '@gemel/model/ids';
import { namesOf, policyChange, readAll, thingChange } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import { openMongoStore } from './index.js';
import type { MongoStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');
const P = parsePolicyId('a:p');

describe('changes decided on policies in memory', () => {
  let database: string;
  let stores: MongoStore[];

  const open = async (): Promise<MongoStore> => {
    const store = await openMongoStore({ url: URL, database, log: SILENT });
    stores.push(store);
    return store;
  };

  beforeEach(() => {
    database = `gemel-premises-${randomUUID()}`;
    stores = [];
  });

  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    const raw = await createConnection(URL, { dbName: database }).asPromise();
    await raw.dropDatabase();
    await raw.close();
  });

  /** What the store remembers of the policy once it has looked. */
  const remembered = async (store: MongoStore): Promise<RememberedPolicy> => {
    for (;;) {
      await store.policy(P);
      const found = store.recallPolicy(P);
      if (found !== undefined) return found;
    }
  };

  const changed = (id: string, revision: number, premise: Premise) => ({ ...thingChange(id, revision), premise });

  it('are refused when another replica has changed the policy, and leave no gap', async () => {
    const [one, two] = [await open(), await open()];
    await two.append([policyChange(P, 1), thingChange('a:x', 1), thingChange('a:y', 1)]);
    const { state, premise } = await remembered(two);
    expect(state.revision).toBe(1);
    await two.append([changed('a:x', 2, premise)]);
    await one.append([policyChange(P, 2)]);
    const others = two.append([thingChange('a:y', 2)]);
    await expect(two.append([changed('a:x', 3, premise)])).rejects.toThrow(RevisionConflict);
    await others;
    const names = ['a:p#1', 'a:x#1', 'a:y#1', 'a:x#2', 'a:p#2', 'a:y#2'];
    expect(namesOf(await readAll(one))).toEqual(names);
    const later = await remembered(two);
    expect(later.state.revision).toBe(2);
    await two.append([changed('a:x', 3, later.premise)]);
    expect(namesOf(await readAll(one))).toEqual([...names, 'a:x#3']);
  });

  it('stand when it was another policy that was changed', async () => {
    const [one, two] = [await open(), await open()];
    await two.append([policyChange(P, 1), thingChange('a:x', 1)]);
    const { premise } = await remembered(two);
    await one.append([policyChange('a:q', 1)]);
    await two.append([changed('a:x', 2, premise)]);
    expect(namesOf(await readAll(one)).at(-1)).toBe('a:x#2');
  });

  it('are never decided on a policy that was behind what had been answered before they began', async () => {
    const [one, two] = [await open(), await open()];
    // Who has never written knows of no generation.
    await two.append([policyChange(P, 1), thingChange('a:x', 1)]);
    let answered = 1;
    let isChanging = true;
    const change = async () => {
      for (let revision = 2; revision <= 25; revision += 1) {
        await one.append([policyChange(P, revision)]);
        answered = revision;
      }
      isChanging = false;
    };
    const behind: string[] = [];
    let written = 1;
    let refused = 0;
    const write = async () => {
      while (isChanging) {
        const least = answered;
        const { premise } = two.recallPolicy(P) ?? (await remembered(two));
        try {
          await two.append([changed('a:x', written + 1, premise)]);
          written += 1;
          if (premise.revision < least) behind.push(`${String(premise.revision)} after ${String(least)}`);
        } catch (error) {
          if (!(error instanceof RevisionConflict)) throw error;
          refused += 1;
          // As those who decide again do.
          await two.policy(P);
        }
      }
    };
    await Promise.all([change(), write()]);
    expect(behind).toEqual([]);
    expect(written + refused).toBeGreaterThan(1);
    const names = namesOf(await readAll(await open()));
    expect(names).toHaveLength(25 + written);
  });
});
