// `npm run fsck`: builds when needed, then holds the documents of a store against its event log. docs/operations.md has the rest.
import { setUp } from './setup/set-up.mjs';

await setUp();
await import('../apps/solo/bundle/fsck.js');
