import { randomUUID } from 'node:crypto';
import { requiredVariable } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { connect } from './connect.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');

describe('To open a database', () => {
  let raw: Connection;

  beforeEach(async () => {
    raw = await createConnection(URL, { dbName: `gemel-connect-${randomUUID()}`, autoIndex: false }).asPromise();
  });
  afterEach(async () => {
    await raw.dropDatabase();
    await raw.close();
  });

  const open = async () => {
    const database = await connect({ url: URL, database: raw.name, unreachedMs: 2_000, log: SILENT });
    await database.close();
  };
  const formats = () => raw.collection<{ _id: string; format: number; provenOn?: string }>('gemel');

  it('notes its format, and on which server its unique indexes were tried out', async () => {
    await Promise.all([open(), open(), open()]);
    const noted = await formats().find().toArray();
    expect(noted).toEqual([{ _id: 'format', format: 1, provenOn: expect.stringContaining('[') as string }]);
    await open();
    expect(await formats().find().toArray()).toEqual(noted);
    expect(await raw.collection('commits').countDocuments()).toBe(0);
  });

  it('tries the indexes out again on another server', async () => {
    await open();
    const noted = await formats().findOne();
    await formats().updateOne({ _id: 'format' }, { $set: { provenOn: 'an older one' } });
    await open();
    expect(await formats().findOne()).toEqual(noted);
  });

  it('is refused when a newer Gemel has written it, and changes nothing then', async () => {
    await formats().insertOne({ _id: 'format', format: 2 });
    await expect(open()).rejects.toThrow('was written by a newer Gemel (format 2, this one knows 1)');
    expect(await raw.db?.listCollections().toArray()).toHaveLength(1);
  });

  it('is refused when somebody has made the index of commits anew and left out that it is unique', async () => {
    await open();
    await raw.collection('commits').dropIndex('keys_1');
    await raw.collection('commits').createIndex({ keys: 1 }, {}, {});
    await expect(open()).rejects.toThrow(
      "The index over 'keys' of the collection 'commits' is not unique, but must be: drop it, and start again",
    );
    await raw.collection('commits').dropIndex('keys_1');
    await open();
    expect((await raw.collection('commits').indexes()).at(-1)).toMatchObject({ key: { keys: 1 }, unique: true });
  });
});
