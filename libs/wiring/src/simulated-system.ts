import { LogProjection, PROJECTION, States, entityOfKey, eventKey } from '@gemel/store-parts';
import { feeds } from './adapters.js';
import { wireCore } from './core.js';

type StatesParts = ConstructorParameters<typeof States>[0];
type Projection = ConstructorParameters<typeof LogProjection>[0];

/** What the simulation runs as it is: use cases, the reader of the log, and how a replica of the cluster remembers states. */
export async function simulatedSystem() {
  const Feed = await feeds.embedded();
  return {
    wireCore,
    openLogFeed: (options: ConstructorParameters<typeof Feed>[0]) => new Feed(options),
    openStates: (parts: StatesParts) => {
      const states = new States(parts);
      const { tail, things, policies, generation } = states;
      return {
        tail,
        things,
        policies,
        generation,
        recallPolicy: states.recallPolicy.bind(states),
        follow: states.follow.bind(states),
        projection: (positions: Projection['positions'], token: number) =>
          new LogProjection({ states, search: { index: () => Promise.resolve() }, positions, token }),
      };
    },
    eventKey,
    entityOfKey,
    projectionName: PROJECTION,
  };
}
