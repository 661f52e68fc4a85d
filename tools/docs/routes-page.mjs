import { DITTO_ROUTES, compareRoutes } from '../conformance/ditto-routes.mjs';

/** The page that compares the HTTP operations with Ditto's. @param paths of the API description */
export function routesPage(paths) {
  const { served, missing, later, additional } = compareRoutes(paths);
  const total = DITTO_ROUTES.reduce((sum, [, methods]) => sum + methods.length, 0);
  return [
    '# HTTP operations',
    '',
    '<!-- Made by `npm run docs` from the API description of solo; do not edit. -->',
    '',
    `Eclipse Ditto 3.9 has ${total} HTTP operations, counting those that its OpenAPI leaves out; ${served} of them are here. All are`,
    'described at `/openapi.json`, and can be tried at `/apidoc/`. `GET` with `accept: text/event-stream` on things, parts of things',
    'and searches is a stream ([guide](guide.md)).',
    '',
    '## Ditto has them, Gemel has not',
    '',
    ...(missing.length + later.length === 0 ? ['None.'] : ['| Operation | Why |', '| --- | --- |']),
    ...missing.map((operation) => `| \`${operation}\` | |`),
    ...later.map(({ operation, reason }) => `| \`${operation}\` | ${reason} |`),
    '',
    '## Gemel has them, Ditto has not',
    '',
    ...additional.map((operation) => `- \`${operation}\``),
    '',
  ].join('\n');
}
