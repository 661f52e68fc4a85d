/** Resources of the HTTP API whose specs run on a store in memory, and with the services once more on MongoDB. */
const RESOURCES = [
  'cloudevents',
  'composition',
  'extended',
  'messages',
  'operations',
  'policies',
  'search',
  'sse',
  'things',
];
/** But not what is about the memory of a process, keeps nothing in the store, or depends on the turns of the event loop. */
const OF_ONE_PROCESS = [
  'composition/jobs',
  'extended/connection-facade',
  'messages/live-fuzz',
  'operations/stats',
  'sse/sse',
];

/** Patterns of files, and of what of them is left out. */
export const SPECS_ON_MONGODB = {
  include: RESOURCES.map((resource) => `libs/api/src/${resource}/**/*.spec.ts`),
  exclude: OF_ONE_PROCESS.map((name) => `libs/api/src/${name}.spec.ts`),
};

/** @param file from the root on */
export function runsOnMongoDb(file) {
  const name = /^libs\/api\/src\/(.+)\.spec\.ts$/.exec(file)?.[1];
  return name !== undefined && RESOURCES.includes(name.split('/')[0]) && !OF_ONE_PROCESS.includes(name);
}
