import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path in the folder of this user where Gemel's tools keep what they need not do again; it outlives a clone. */
export function inUserCache(...names) {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gemel', ...names);
}
