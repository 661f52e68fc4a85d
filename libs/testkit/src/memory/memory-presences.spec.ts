import { describePresenceBoard } from '../contracts/index.js';
import { MemoryPresences } from './memory-presences.js';

describePresenceBoard('MemoryPresences', async () => {
  const board = new MemoryPresences();
  return { board, others: board, close: () => Promise.resolve() };
});
