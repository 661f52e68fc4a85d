import { StoreUnavailable } from '@gemel/application/ports';
import { storageFault } from '@gemel/sqlite';

/**
 * What `read` gives.
 * @throws StoreUnavailable instead of a fault of the storage
 */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const fault = storageFault(error);
    throw fault === undefined ? error : new StoreUnavailable(fault.reason);
  }
}

/** The same for what writes apart from the commits. */
export const writing = reading;
