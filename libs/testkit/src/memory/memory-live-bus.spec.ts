import { describeLiveBus } from '../contracts/index.js';
import { MemoryLiveBus } from './index.js';

describeLiveBus('MemoryLiveBus', () =>
  Promise.resolve({ processes: [new MemoryLiveBus()], close: () => Promise.resolve() }),
);
