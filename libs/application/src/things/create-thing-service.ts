import { UNRESTRICTED_CREATION } from '@gemel/model/creation';
import type { CreationRules } from '@gemel/model/creation';
import type { PolicyCreation, PolicyEnforcers } from '../policies/index.js';
import { PastStates } from '../past/index.js';
import type { Clock, EventLog, StateArchive, StateStore } from '../ports/index.js';
import type { TwinConformance } from '../types/index.js';
import type { Memory } from './draft.js';
import { PolicyOfNewThing } from './policy-of-new-thing.js';
import { PolicySource } from './policy-source.js';
import type { Structure } from './structure.js';
import { StructuredWriter } from './structured-writer.js';
import { ThingPreconditions } from './thing-preconditions.js';
import { ThingReader } from './thing-reader.js';
import { ThingService } from './thing-service.js';
import { ThingSizeLimit } from './thing-size.js';
import { ThingWriter } from './thing-writer.js';

const MAX_WAITING = 100;

export interface ThingServiceParts {
  readonly log: EventLog;
  readonly states: StateStore;
  /** Of a store that must ask another process for the last state. */
  readonly memory?: Memory | undefined;
  readonly enforcers: PolicyEnforcers;
  readonly policyCreation: PolicyCreation;
  readonly clock: Clock;
  /** Largest thing as JSON text, in bytes. */
  readonly maxThingBytes: number;
  /** Most commands that wait for their turn on one thing; Ditto's 100 when absent. */
  readonly maxWaiting?: number | undefined;
  /** Who may create what; anybody anything when absent. */
  readonly creation?: CreationRules | undefined;
  readonly archive: StateArchive;
  /** What no write may break; anything may be written when absent. */
  readonly structure?: Structure | undefined;
  /** Holds twins to their types; nobody does when absent. */
  readonly conformance?: Pick<TwinConformance, 'check'> | undefined;
  /** Names of the headers that a look into the past tells of what led to it; none when absent. */
  readonly historicalHeaders?: readonly string[] | undefined;
}

/** Puts the service together from the ports it needs. */
export function createThingService(parts: ThingServiceParts): ThingService {
  const preconditions = new ThingPreconditions(parts.clock);
  return new ThingService(
    new ThingReader({
      states: parts.states,
      enforcers: parts.enforcers,
      preconditions,
      past: new PastStates({ log: parts.log, archive: parts.archive, clock: parts.clock }),
      historicalHeaders: parts.historicalHeaders ?? [],
    }),
    writerOf(parts, preconditions),
  );
}

function writerOf(
  parts: ThingServiceParts,
  preconditions: ThingPreconditions,
): Pick<ThingWriter, 'write' | 'writeOne' | 'rehearse'> {
  const { structure } = parts;
  const writer = new ThingWriter({
    log: parts.log,
    states: parts.states,
    memory: parts.memory,
    enforcers: parts.enforcers,
    policies: new PolicyOfNewThing(parts.policyCreation, new PolicySource(parts.states, parts.enforcers)),
    preconditions,
    size: new ThingSizeLimit(parts.maxThingBytes),
    clock: parts.clock,
    maxWaiting: parts.maxWaiting ?? MAX_WAITING,
    creation: parts.creation ?? UNRESTRICTED_CREATION,
    structure,
    conformance: parts.conformance,
  });
  return structure === undefined ? writer : new StructuredWriter(writer, structure);
}
