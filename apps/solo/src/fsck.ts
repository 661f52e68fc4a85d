import { runCheck } from '@gemel/process/checking';
import { openCheckedDatabase, openCheckedFolder } from '@gemel/wiring';
import { readCheckSettings } from './config.js';

process.exitCode = await runCheck(
  {
    readSettings: readCheckSettings,
    open: (settings, log) => {
      const { GEMEL_MONGODB_URL: url, GEMEL_MONGODB_DATABASE: database } = settings;
      if (url === undefined) return openCheckedFolder(settings.GEMEL_DATA_DIR, log);
      return openCheckedDatabase({ url, database, unreachedMs: settings.GEMEL_MONGODB_SELECTION_TIMEOUT_MS }, log);
    },
  },
  process.argv.slice(2),
  process.env,
);
