import type { Caller, Incident, Operation, PlantedFault, Role, Scenario } from './scenario.js';
import { SeededRandom } from './seeded-random.js';
import { LONGEST_PAUSE_MS } from './virtual-process.js';
import type { Weather } from './virtual-process.js';

export const THINGS = ['sim:a', 'sim:b', 'sim:c'] as const;
export const DEVICES = ['sim:d0', 'sim:d1', 'sim:d2', 'sim:d3'] as const;
export const TYPES = ['sim:t0', 'sim:t1', 'sim:t2', 'sim:t3'] as const;
export const TWINS = ['sim:u0', 'sim:u1', 'sim:u2'] as const;
const ROOTS = ['sim:x', 'sim:y'] as const;

/** Operations and incidents begin within this time, in virtual milliseconds. */
export const BUSY_MS = 20_000;

/** The scenario of a seed. */
export function makeScenario(seed: number, planted?: PlantedFault): Scenario {
  const random = new SeededRandom(`scenario ${seed}`);
  const replicas = { things: random.between(2, 3), ingest: random.between(2, 3), 'extended-api': random.between(1, 2) };
  const count = random.between(20, 90);
  const focus = random.pick(['all', 'all', 'all', 'one thing', 'trees', 'devices', 'policies'] as const);
  const operations = Array.from({ length: count }, (_, index) => makeOperation(`op-${index}`, focus, random));
  const weather = makeWeather(random);
  const incidents = Array.from({ length: random.pick([0, 1, 2, 2, 3, 5]) }, () => makeIncident(random));
  const strict = random.chance(0.3);
  const direct = strict
    ? Array.from({ length: random.between(5, 40) }, (_, index) => makeDirect(`direct-${index}`, random))
    : [];
  return {
    seed,
    replicas,
    weather,
    incidents,
    operations: [...operations, ...direct].toSorted((a, b) => a.at - b.at),
    ...(strict ? { strict } : undefined),
    ...(planted === undefined ? undefined : { planted }),
  };
}

type Focus = 'all' | 'one thing' | 'trees' | 'devices' | 'policies';
type Kind = Exclude<Operation['kind'], 'direct'>;

const KINDS: Readonly<Record<Focus, readonly Kind[]>> = {
  all: [
    ...(['write', 'write', 'write', 'count', 'count', 'recreate', 'read', 'read', 'search', 'subscribe'] as const),
    ...(['grant', 'revoke', 'telemetry', 'telemetry', 'telemetry', 'telemetry'] as const),
    ...(['link', 'link', 'unlink', 'instantiate', 'delete', 'put', 'duplicate'] as const),
  ],
  'one thing': ['write', 'write', 'count', 'count', 'read', 'recreate', 'subscribe'],
  trees: [
    ...(['link', 'link', 'link', 'unlink', 'instantiate', 'instantiate', 'delete', 'put'] as const),
    ...(['duplicate', 'telemetry', 'subscribe'] as const),
  ],
  devices: ['telemetry', 'telemetry', 'telemetry', 'telemetry', 'write', 'subscribe', 'link'],
  policies: ['grant', 'revoke', 'read', 'read', 'search', 'write', 'subscribe'],
};

/** Bursts find more than an even rain. */
function timeOf(random: SeededRandom): number {
  return 500 + (random.chance(0.5) ? random.below(BUSY_MS) : 2_000 * random.below(10) + random.below(30));
}

function makeOperation(id: string, focus: Focus, random: SeededRandom): Operation {
  const base = { id, at: timeOf(random), replica: random.below(6) };
  const thing = focus === 'one thing' ? THINGS[0] : random.pick(THINGS);
  const as: Caller = random.chance(0.6) ? 'guest' : 'owner';
  const kind = random.pick(KINDS[focus]);
  switch (kind) {
    case 'write':
    case 'count':
    case 'recreate':
      return { ...base, kind, thing };
    case 'read':
      return { ...base, kind, thing, as };
    case 'search':
    case 'subscribe':
      return { ...base, kind, as };
    case 'grant':
    case 'revoke':
      return { ...base, kind };
    case 'telemetry':
      return { ...base, kind, device: random.pick(DEVICES) };
    case 'link':
    case 'unlink': {
      const of = random.pick(['type', 'twin'] as const);
      const among = of === 'type' ? TYPES : [...TWINS, ...DEVICES];
      return { ...base, kind, of, child: random.pick(among), parent: random.pick(among) };
    }
    case 'instantiate':
      return { ...base, kind, type: random.pick(TYPES), twin: random.pick(ROOTS) };
    case 'put': {
      const of = random.pick(['type', 'twin'] as const);
      return { ...base, kind, of, target: random.pick(of === 'type' ? TYPES : TWINS) };
    }
    case 'duplicate':
      return { ...base, kind, twin: random.pick([...ROOTS, ...TWINS]), copy: random.pick(ROOTS) };
    case 'delete': {
      const of = random.pick(['type', 'twin', 'tree', 'tree'] as const);
      const among = of === 'type' ? TYPES : of === 'twin' ? TWINS : [...ROOTS, ...TWINS];
      return { ...base, kind, of, target: random.pick(among) };
    }
  }
}

/** What the things API is asked of types and twins. */
function makeDirect(id: string, random: SeededRandom): Operation {
  const base = { id, at: timeOf(random), replica: random.below(6), kind: 'direct' } as const;
  const among = [...TYPES, ...TWINS, ...DEVICES];
  const thing = random.pick(among);
  const does = random.pick(['link', 'link', 'link', 'unlink', 'flip', 'delete'] as const);
  if (does === 'delete') return { ...base, does, thing: random.pick([...TYPES, ...TWINS, ...ROOTS]) };
  return does === 'link'
    ? { ...base, does, thing, parent: random.pick([...among, 'sim:none']) }
    : { ...base, does, thing };
}

function makeWeather(random: SeededRandom): Weather {
  const often = random.pick([0, 0.2, 1]);
  return {
    requestLost: 0.04 * often * random.next(),
    answerLost: 0.04 * often * random.next(),
    halfDone: random.pick([0, 0.05]),
    slow: random.pick([0, 0.02, 0.15]),
    pauseAtCall: random.pick([0, 0, 0.0005, 0.002]),
    clockSkewMs: random.pick([0, 50, 3_000]),
  };
}

function makeIncident(random: SeededRandom): Incident {
  const role: Role = random.pick(['things', 'things', 'ingest', 'ingest', 'extended-api'] as const);
  const kind = random.pick(['crash', 'pause', 'stop'] as const);
  return {
    at: 400 + random.below(BUSY_MS),
    role,
    replica: random.below(6),
    kind,
    ms: kind === 'pause' ? random.between(100, LONGEST_PAUSE_MS) : random.between(50, 6_000),
  };
}
