// What peers do with a message of a device: merge it into its thing, write the same bytes and two history points with group commit.
import { sampleEvent, sampleThing } from '../sample-thing.mjs';
import { openGroupCommit } from './group-commit.mjs';

/** Things in memory and on disk; `apply` resolves with the text of its event once what a message does is on disk. */
export function openTwins(folder) {
  const store = openGroupCommit(folder);
  const things = new Map();
  let series = 0;
  return {
    apply: (payload) => {
      const message = JSON.parse(payload.toString());
      const [namespace, name] = message.topic.split('/');
      const id = `${namespace}:${name}`;
      const known = things.get(id) ?? { revision: 1, thing: sampleThing(id), series: (series += 2) };
      const features = { ...known.thing.features };
      for (const [featureId, patch] of Object.entries(message.value)) {
        features[featureId] = {
          ...features[featureId],
          properties: { ...features[featureId]?.properties, ...patch.properties },
        };
      }
      const next = { ...known, revision: known.revision + 1, thing: { ...known.thing, features } };
      things.set(id, next);
      const time = Date.now() * 1000 + (next.revision % 1000);
      const event = JSON.stringify(sampleEvent(id, next.revision, message.path, message.value));
      const points = [
        [known.series, time, 1],
        [known.series + 1, time, 2],
      ];
      return store
        .write({ id, revision: next.revision, event, state: JSON.stringify(next.thing), points })
        .then(() => event);
    },
  };
}
