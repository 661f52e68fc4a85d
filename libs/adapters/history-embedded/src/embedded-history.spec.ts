import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseThingId } from '@gemel/model/ids';
import { openDatabase } from '@gemel/sqlite';
import { describeHistoryStore } from '@gemel/testkit/contracts';
import type { OpenedHistory } from '@gemel/testkit/contracts';
import { openEmbeddedHistory } from './index.js';

async function opened(folder: string): Promise<OpenedHistory> {
  const history = await openEmbeddedHistory({ folder });
  return {
    history,
    reopen: async () => {
      await history.close();
      return opened(folder);
    },
    close: async () => {
      await history.close();
      await rm(folder, { recursive: true });
    },
  };
}

const newFolder = () => mkdtemp(join(tmpdir(), 'gemel-history-'));

describeHistoryStore('EmbeddedHistory', async () => opened(await newFolder()));

describe('embedded history', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await newFolder();
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const point = (time: number, value: number) => ({
    thingId: parseThingId('example:a'),
    path: '/attributes/x',
    field: 'value_attributes_x',
    tags: {},
    time,
    value,
  });

  it('takes a batch back as a whole when one point of it cannot be stored', async () => {
    const history = await openEmbeddedHistory({ folder });
    await expect(history.write([point(1, 1), point(2, Number.NaN)], 5)).rejects.toThrow('cannot bind');
    expect([await history.position(), await history.series({})]).toEqual([0, []]);
    await history.write([point(1, 1)], 5);
    expect(await history.samples(await history.series({}), { from: 0, to: 10 })).toEqual([{ time: 1, value: 1 }]);
    await history.close();
  });

  it('removes samples that are older than the retention, an hour later at the latest', async () => {
    const day = 86_400_000;
    let now = 10 * day;
    const history = await openEmbeddedHistory({ folder, retentionDays: 2, now: () => now });
    await history.write([point(7 * day * 1000, 7), point(9 * day * 1000, 9), point(10 * day * 1000, 10)], 1);
    const values = async () =>
      (await history.samples(await history.series({}), { from: 0, to: Number.MAX_SAFE_INTEGER })).map(
        ({ value }) => value,
      );
    expect(await values()).toEqual([9, 10]);
    now = 11.5 * day;
    for (let position = 2; position < 5; position += 1) await history.write([], position);
    expect(await values()).toEqual([10]);
    await history.close();
  });

  it('refuses a file of a newer version', async () => {
    await (await openEmbeddedHistory({ folder })).close();
    const database = await openDatabase(join(folder, 'history.db'), { durability: 'normal' });
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openEmbeddedHistory({ folder })).rejects.toThrow('newer version');
  });
});
