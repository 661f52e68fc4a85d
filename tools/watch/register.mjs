// For `npx nest start solo --watch`, which compiles the sources of all packages in one go into .cache/watch.
import { register } from 'node:module';

register('./compiled-sources.mjs', import.meta.url);
