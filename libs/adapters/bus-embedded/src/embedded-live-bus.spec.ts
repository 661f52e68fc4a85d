import { describeLiveBus } from '@gemel/testkit/contracts';
import { EmbeddedLiveBus } from './index.js';

const ignore = (): void => undefined;

describeLiveBus('EmbeddedLiveBus', () =>
  Promise.resolve({
    processes: [new EmbeddedLiveBus({ error: ignore, warn: ignore, info: ignore, debug: ignore })],
    close: () => Promise.resolve(),
  }),
);
