import type { Weather } from './virtual-process.js';

/** Bugs that the simulation must find, built in on demand. */
export const PLANTED_FAULTS = [
  'answer-before-commit',
  'publish-before-commit',
  'lease-without-fencing',
  'unchecked-parents',
  'stale-memory',
] as const;
export type PlantedFault = (typeof PLANTED_FAULTS)[number];

export type Role = 'things' | 'ingest' | 'extended-api';

/** Something that befalls a replica. */
export interface Incident {
  /** Virtual milliseconds since the beginning. */
  readonly at: number;
  readonly role: Role;
  /** Of the role's replicas, modulo their number. */
  readonly replica: number;
  /** `stop`: asked to end, as for an update, and killed when it takes too long. */
  readonly kind: 'crash' | 'pause' | 'stop';
  /** Until it starts again, or goes on. */
  readonly ms: number;
}

/** Something that somebody does. */
export type Operation = { readonly id: string; readonly at: number; readonly replica: number } & (
  | { readonly kind: 'write' | 'count' | 'recreate'; readonly thing: string }
  | { readonly kind: 'read'; readonly thing: string; readonly as: Caller }
  | { readonly kind: 'search' | 'subscribe'; readonly as: Caller }
  | { readonly kind: 'grant' | 'revoke' }
  | { readonly kind: 'telemetry'; readonly device: string }
  | { readonly kind: 'link' | 'unlink'; readonly of: 'type' | 'twin'; readonly child: string; readonly parent: string }
  | { readonly kind: 'instantiate'; readonly type: string; readonly twin: string }
  | { readonly kind: 'put'; readonly of: 'type' | 'twin'; readonly target: string }
  | { readonly kind: 'duplicate'; readonly twin: string; readonly copy: string }
  /** Past the composition, by the things API: another parent, none, another kind, or gone. */
  | { readonly kind: 'direct'; readonly thing: string; readonly parent?: string; readonly does: DirectWrite }
  | { readonly kind: 'delete'; readonly of: 'type' | 'twin' | 'tree'; readonly target: string }
);

export type DirectWrite = 'link' | 'unlink' | 'flip' | 'delete';

/** `owner` may everything; what `guest` may read changes. */
export type Caller = 'owner' | 'guest';

/** One run, as data: the same one gives the same trace. */
export interface Scenario {
  readonly seed: number;
  readonly replicas: Readonly<Record<Role, number>>;
  readonly weather: Weather;
  readonly incidents: readonly Incident[];
  readonly operations: readonly Operation[];
  /** Whether no write may break the composition: then there are direct ones. */
  readonly strict?: boolean | undefined;
  readonly planted?: PlantedFault | undefined;
}

/** @param text JSON as a failure prints it; trusted */
export function parseScenario(text: string): Scenario {
  return JSON.parse(text) as Scenario;
}

const COMPOSITION = ['link', 'unlink', 'put', 'instantiate', 'duplicate', 'delete'] as const;

/** One that changes types, twins, and what is below what. */
export type CompositionOperation = Extract<Operation, { readonly kind: (typeof COMPOSITION)[number] }>;

export function isCompositionOperation(operation: Operation): operation is CompositionOperation {
  return COMPOSITION.some((kind) => kind === operation.kind);
}
