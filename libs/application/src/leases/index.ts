export { LEASE_TIMES, LeaseKeeper } from './lease-keeper.js';
export type { HeldLease, LeaseKeeperParts, LeaseTimes, LeasedTask } from './lease-keeper.js';
