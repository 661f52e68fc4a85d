// For `npx nest start solo --watch`, which compiles the sources of all packages in one go into .cache/watch.
import { register } from 'node:module';

register('./resolve-compiled.mjs', import.meta.url);
