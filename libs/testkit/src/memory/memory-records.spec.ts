import { describeRecordStore } from '../contracts/index.js';
import { MemoryRecords } from './memory-records.js';

describeRecordStore('MemoryRecords', async () => {
  const records = new MemoryRecords();
  return { records, others: async () => records, close: async () => undefined };
});
