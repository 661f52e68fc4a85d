// Group commit on MongoDB: whoever waits shares one `insertMany` of events and one `bulkWrite` of states.

/** @param state a document of Gemel's, whose fields are written with other values */
export function openMongoGroupCommit({ events, states, state: { created, deleted } }) {
  let queue = [];
  let isRunning = false;

  async function writeAll(batch) {
    await events.insertMany(
      batch.map(({ id, revision, event }) => ({ thing: id, revision, event })),
      { ordered: false },
    );
    const last = new Map(batch.map((row) => [row.id, row]));
    const updates = [...last.values()].map(({ id, revision, state }) => {
      const fields = { revision, created, modified: created + revision, deleted, content: state };
      return { updateOne: { filter: { _id: id }, update: { $set: fields }, upsert: true } };
    });
    await states.bulkWrite(updates, { ordered: false });
  }

  async function run() {
    // Whatever else comes in this turn goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      const settle = await writeAll(batch).then(
        () => (row) => row.resolve(),
        (error) => (row) => row.reject(error),
      );
      batch.forEach(settle);
    }
    isRunning = false;
  }

  return {
    write: (row) =>
      new Promise((resolve, reject) => {
        queue.push({ ...row, resolve, reject });
        if (isRunning) return;
        isRunning = true;
        void run();
      }),
  };
}
