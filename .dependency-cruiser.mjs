/*
 * The arrows of docs/architecture.md. `npm run deps` holds them and proves each on a planted fault (tools/deps/faults.mjs):
 * a new rule needs a new fault. npm packages are matched by path, not by type, so that undeclared ones count too.
 */
const SPEC = '\\.spec\\.ts$';
/** A relative import that leads nowhere; it has a rule of its own. */
const RELATIVE = '^\\.';
const OURS = '^(libs|apps|test|tools)/';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'model-is-pure',
    comment: 'The model computes and nothing else: pass what it needs as a value, or move the code to a use case.',
    from: { path: '^libs/model/', pathNot: SPEC },
    to: { pathNot: ['^libs/model/', RELATIVE] },
  },
  {
    name: 'application-sees-the-model-only',
    comment:
      'A use case reaches the outside by a port in application/src/ports: add one, and let an adapter implement it.',
    from: { path: '^libs/application/', pathNot: SPEC },
    to: { pathNot: ['^libs/(model|application)/', RELATIVE] },
  },
  {
    name: 'adapters-see-ports-only',
    comment:
      'A driven adapter implements ports. If it needs a use case, it is a driving one (libs/api), or gets a handler.',
    from: { path: '^libs/adapters/', pathNot: SPEC },
    to: { path: OURS, pathNot: '^libs/(model/|application/src/ports/|adapters/)' },
  },
  {
    name: 'adapters-never-see-each-other',
    comment:
      'Adapters are exchanged one by one: share by a port, or by what is made for several (adapters/sqlite, adapters/…-parts).',
    from: { path: '^libs/adapters/([^/]+)/', pathNot: SPEC },
    to: { path: '^libs/adapters/', pathNot: '^libs/adapters/($1|sqlite|store-parts|connector-parts|kafka-parts)/' },
  },
  {
    name: 'api-sees-use-cases-only',
    comment: 'The driving side calls use cases and never an adapter: take the use case as an argument; wiring chooses.',
    from: { path: '^libs/api/', pathNot: SPEC },
    to: { path: OURS, pathNot: '^libs/(model|application|api)/' },
  },
  {
    name: 'wiring-sees-no-driving-side',
    comment: 'Wiring chooses adapters for the ports; routes and processes are put together in apps.',
    from: { path: '^libs/wiring/', pathNot: SPEC },
    to: { path: OURS, pathNot: '^libs/(model|application|adapters|wiring)/' },
  },
  {
    name: 'only-wiring-picks-adapters',
    comment: 'Ask wiring for the part: a second place that names adapters makes solo and cluster drift apart.',
    from: { path: OURS, pathNot: ['^libs/(wiring|adapters)/', SPEC] },
    to: { path: '^libs/adapters/' },
  },
  {
    name: 'process-sees-api-and-wiring',
    comment: 'What all processes share knows no single one: take what differs as an argument, or leave it in the app.',
    from: { path: '^libs/process/', pathNot: SPEC },
    to: { path: OURS, pathNot: ['^libs/(process|api|wiring|application|model)/', '^libs/adapters/'] },
  },
  {
    name: 'process-is-for-apps',
    comment: 'Settings, log and life cycle belong to a process: take the value as an argument, or a port.',
    from: { path: OURS, pathNot: ['^(libs/process|apps)/', SPEC] },
    to: { path: '^libs/process/' },
  },
  {
    name: 'apps-start-and-nothing-else',
    comment: 'A process reads its config and puts api and wiring together; an app never imports another app or a test.',
    from: { path: '^apps/([^/]+)/', pathNot: SPEC },
    to: { path: OURS, pathNot: ['^libs/(process|api|wiring|application|model)/', '^apps/$1/', '^libs/adapters/'] },
  },
  {
    name: 'testkit-for-tests-only',
    comment: 'Builders, fakes and contract suites never ship: import them from a spec.',
    from: { path: OURS, pathNot: ['^libs/testkit/', '^test/', SPEC] },
    to: { path: '^libs/testkit/' },
  },
  {
    name: 'testkit-knows-no-process',
    comment: 'A suite or a harness is given what it tests: wiring and apps pass themselves in from their own specs.',
    from: { path: '^libs/testkit/', pathNot: SPEC },
    to: { path: OURS, pathNot: '^libs/(model|application|api|testkit|adapters)/' },
  },
  {
    name: 'nobody-imports-specs',
    comment: 'What two specs share is a builder: move it to testkit or to a file of its own.',
    from: { path: OURS },
    to: { path: SPEC },
  },
  {
    name: 'nest-outside-only',
    comment: 'Use cases and adapters are plain classes; Nest gets them by useFactory.',
    from: { path: OURS, pathNot: '^(libs/api|libs/process|apps)/' },
    to: { path: '(^|/)@nestjs/' },
  },
  {
    name: 'product-never-sees-tools-or-tests',
    comment: 'What ships stands in libs and apps: move what it needs there.',
    from: { path: '^(libs|apps)/' },
    to: { path: '^(tools|test)/' },
  },
  {
    name: 'packages-by-their-exports',
    comment: "Import '@gemel/<package>/<folder>': export what is missing from that folder's index.ts.",
    from: { path: '^(libs/adapters/[^/]+|libs/[^/]+|apps/[^/]+|test|tools)/' },
    to: { path: '^(libs|apps)/', pathNot: ['^$1/', '^libs/[^/]+/src/[^/]+/index\\.ts$', '^libs/.+/src/index\\.ts$'] },
  },
  {
    name: 'folders-by-their-index',
    comment:
      "A folder of a ring is entered by its index.ts: import '../<folder>/index.js', and export there what is missing.",
    from: { path: '^(libs/(?:model|application|api|process|testkit)/src)/([^/]+)/' },
    to: { path: '^$1/[^/]+/', pathNot: ['^$1/$2/', '^$1/[^/]+/index\\.ts$'] },
  },
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one thing, or lack a third that both need: merge or extract.',
    from: { path: OURS },
    to: { circular: true },
  },
  {
    name: 'nothing-unresolvable',
    comment: 'The import leads nowhere: correct it, or declare the package.',
    from: { path: OURS },
    to: { couldNotResolve: true },
  },
];

export default { forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })) };
