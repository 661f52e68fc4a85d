import { StoreUnavailable } from '@gemel/application/ports';
import { storageFault } from '@gemel/sqlite';

/**
 * What `access` gives, for reads and for what is written apart from the commits.
 * @throws StoreUnavailable instead of a fault of the storage
 */
export function accessing<T>(access: () => T): T {
  try {
    return access();
  } catch (error) {
    const fault = storageFault(error);
    throw fault === undefined ? error : new StoreUnavailable(fault.reason);
  }
}
