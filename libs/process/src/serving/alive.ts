import type { HealthCheck } from '@gemel/api/operations';

/** Who answers lives: a process that cannot go on ends by itself, and one that hangs does not answer. */
export const ALIVE: HealthCheck = { isUp: () => true };
