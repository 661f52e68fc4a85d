import { withSolo } from '../support/gemel.js';
import { CLIENT_SCENARIOS } from './scenarios.js';

describe("Ditto's JavaScript client on solo", () => {
  it.each(CLIENT_SCENARIOS)(
    'works as with Ditto: %s',
    async (_name, play) => {
      await expect(withSolo(play)).resolves.toBeUndefined();
    },
    60_000,
  );
});
