import { describeConnectionBoard, describeConnectionStore } from '../contracts/index.js';
import { MemoryConnections } from './memory-connections.js';

describeConnectionStore('MemoryConnections', async () => {
  const store = new MemoryConnections();
  return { store, others: store, reopen: () => Promise.resolve(store), close: () => Promise.resolve() };
});

describeConnectionBoard('MemoryConnections', async () => {
  const board = new MemoryConnections();
  return { board, others: board, close: () => Promise.resolve() };
});
