import type { PolicyCreation, PolicyEnforcers } from '../policies/index.js';
import type { Clock, EventLog, StateStore } from '../ports/index.js';
import { PolicyOfNewThing } from './policy-of-new-thing.js';
import { PolicySource } from './policy-source.js';
import { ThingPreconditions } from './thing-preconditions.js';
import { ThingReader } from './thing-reader.js';
import { ThingService } from './thing-service.js';
import { ThingSizeLimit } from './thing-size.js';
import { ThingWriter } from './thing-writer.js';

export interface ThingServiceParts {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly policyCreation: PolicyCreation;
  readonly clock: Clock;
  /** Largest thing as JSON text, in bytes. */
  readonly maxThingBytes: number;
}

/** Puts the service together from the ports it needs. */
export function createThingService(parts: ThingServiceParts): ThingService {
  const preconditions = new ThingPreconditions(parts.clock);
  return new ThingService(
    new ThingReader(parts.states, parts.enforcers, preconditions),
    new ThingWriter({
      log: parts.log,
      states: parts.states,
      enforcers: parts.enforcers,
      policies: new PolicyOfNewThing(
        parts.enforcers,
        parts.policyCreation,
        new PolicySource(parts.states, parts.enforcers),
      ),
      preconditions,
      size: new ThingSizeLimit(parts.maxThingBytes),
      clock: parts.clock,
    }),
  );
}
