import { describeLeaseStore } from '../contracts/index.js';
import { MemoryLeases } from './memory-leases.js';

describeLeaseStore('MemoryLeases', async () => {
  const leases = new MemoryLeases();
  return { leases, others: leases, close: () => Promise.resolve() };
});
