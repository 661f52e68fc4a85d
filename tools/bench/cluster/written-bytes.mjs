// What Gemel has written into a database, for the peers that write the same.

/** The peers' collections. */
export const EVENTS = 'bare_events';
export const STATES = 'bare_states';

/** An event as text and a state's document, as Gemel wrote them last. */
export async function writtenBytes(db) {
  const [commit] = await db.collection('commits').find({}).sort({ _id: -1 }).limit(1).toArray();
  const [event] = commit.events;
  const state = await db.collection('things').findOne({ _id: JSON.parse(event).id });
  return { event, state };
}
