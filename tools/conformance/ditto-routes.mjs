// The HTTP operations of Eclipse Ditto 3.9: those of its OpenAPI, and those that its gateway serves besides.

const ALL = ['GET', 'PUT', 'PATCH', 'DELETE'];
const PARTS = ['GET', 'PUT', 'DELETE'];

/** Why an operation is not there yet. */
export const LATER = {
  connections: 'connections are described by a file; over HTTP they come with the connectivity',
  wot: 'Web of Things comes later',
};

const THING = '/api/2/things/{thingId}';
const FEATURE = `${THING}/features/{featureId}`;
const POLICY = '/api/2/policies/{policyId}';
const ENTRY = `${POLICY}/entries/{label}`;
const IMPORT = `${POLICY}/imports/{importedPolicyId}`;

/** `[path, methods, why it is not there yet]`; a path parameter's name does not matter, a last `{path}` may hold slashes. */
export const DITTO_ROUTES = [
  ['/api/2/things', ['GET', 'POST']],
  [THING, ALL],
  [`${THING}/migrateDefinition`, ['POST'], LATER.wot],
  [`${THING}/definition`, ALL],
  [`${THING}/policyId`, ['GET', 'PUT', 'PATCH']],
  [`${THING}/attributes`, ALL],
  [`${THING}/attributes/{path}`, ALL],
  [`${THING}/features`, ALL],
  [FEATURE, ALL],
  [`${FEATURE}/definition`, ALL],
  ...['properties', 'desiredProperties'].flatMap((part) => [
    [`${FEATURE}/${part}`, ALL],
    [`${FEATURE}/${part}/{path}`, ALL],
  ]),
  [`${THING}/inbox/claim`, ['POST']],
  ...[THING, FEATURE].flatMap((owner) =>
    ['inbox', 'outbox'].map((box) => [`${owner}/${box}/messages/{path}`, ['POST']]),
  ),
  ['/api/2/policies', ['POST']],
  [POLICY, PARTS],
  ...[POLICY, ENTRY].flatMap((owner) =>
    ['activateTokenIntegration', 'deactivateTokenIntegration'].map((action) => [
      `${owner}/actions/${action}`,
      ['POST'],
      LATER.underway,
    ]),
  ),
  [`${POLICY}/entries`, ['GET', 'PUT']],
  [ENTRY, PARTS],
  [`${ENTRY}/subjects`, ['GET', 'PUT']],
  [`${ENTRY}/subjects/{subjectId}`, PARTS],
  [`${ENTRY}/resources`, ['GET', 'PUT']],
  [`${ENTRY}/resources/{path}`, PARTS],
  [`${ENTRY}/importable`, ['GET', 'PUT']],
  [`${ENTRY}/namespaces`, ['GET', 'PUT']],
  [`${ENTRY}/allowedAdditions`, ['GET', 'PUT']],
  [`${ENTRY}/references`, PARTS],
  [`${POLICY}/imports`, PARTS],
  [IMPORT, PARTS],
  [`${IMPORT}/entries`, ['GET', 'PUT']],
  [`${IMPORT}/transitiveImports`, ['GET', 'PUT']],
  ['/api/2/whoami', ['GET']],
  ['/api/2/checkPermissions', ['POST']],
  ['/api/2/search/things', ['GET', 'POST']],
  ['/api/2/search/things/count', ['GET', 'POST']],
  ['/api/2/cloudevents', ['POST']],
  ['/api/2/connections', ['GET', 'POST'], LATER.connections],
  ['/api/2/connections/{connectionId}', PARTS, LATER.connections],
  ['/api/2/connections/{connectionId}/command', ['POST'], LATER.connections],
  ...['status', 'metrics', 'logs'].map((what) => [
    `/api/2/connections/{connectionId}/${what}`,
    ['GET'],
    LATER.connections,
  ]),
  ...['', '/{service}', '/{service}/{instance}'].flatMap((target) => [
    [`/devops/logging${target}`, ['GET', 'PUT']],
    [`/devops/config${target}`, ['GET']],
    [`/devops/piggyback${target}`, ['POST']],
  ]),
  ['/devops/wot/config', PARTS, LATER.wot],
  ['/devops/wot/config/merged', ['GET'], LATER.wot],
  ['/devops/wot/config/dynamicConfigs', ['GET'], LATER.wot],
  ['/devops/wot/config/dynamicConfigs/{scopeId}', PARTS, LATER.wot],
  ['/.well-known/wot', ['GET'], LATER.wot],
  ['/health', ['GET']],
  ...['/status', '/overall/status'].flatMap((root) =>
    ['', '/health', '/cluster'].map((part) => [root + part, ['GET']]),
  ),
  ['/stats', ['GET']],
  ['/stats/things', ['GET']],
  ['/stats/things/details', ['GET']],
  ['/stats/search', ['GET']],
];

/**
 * What Ditto has and the paths of an API description lack, apart from what comes later, and what it has besides.
 * @returns lists of `METHOD /path`
 */
export function compareRoutes(paths) {
  const served = new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => [keyOf(method.toUpperCase(), path), `${method.toUpperCase()} ${path}`]),
    ),
  );
  const expected = DITTO_ROUTES.flatMap(([path, methods, reason]) =>
    methods.map((method) => ({ method, path, reason })),
  );
  const known = new Set(expected.map(({ method, path }) => keyOf(method, path)));
  const missing = expected.filter(({ method, path }) => !served.has(keyOf(method, path)));
  return {
    served: expected.length - missing.length,
    missing: missing.filter(({ reason }) => reason === undefined).map(({ method, path }) => `${method} ${path}`),
    later: missing
      .filter(({ reason }) => reason !== undefined)
      .map(({ method, path, reason }) => ({ operation: `${method} ${path}`, reason })),
    additional: [...served].filter(([key]) => !known.has(key)).map(([, operation]) => operation),
  };
}

function keyOf(method, path) {
  return `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
}
