import { AckCollections } from '@gemel/application/acks';
import { AnnouncementHub, SubjectAnnouncer } from '@gemel/application/announcements';
import { OneAtATime, StrictStructure, rememberingGuards } from '@gemel/application/composition';
import { FluxService, Historian, SeriesAccess, TagsOfThings, TimeseriesService } from '@gemel/application/history';
import type { JobLimits } from '@gemel/application/jobs';
import type { HistorianMetrics } from '@gemel/application/history';
import { createLiveChannel } from '@gemel/application/messages';
import type { LiveChannel } from '@gemel/application/messages';
import { gatedLog, gatedStates } from '@gemel/application/namespaces';
import { PastStates } from '@gemel/application/past';
import { DEFAULT_POLICY_LIMITS, PolicyListing, createPolicies } from '@gemel/application/policies';
import type { PolicyEnforcers, PolicyQuestions, PolicyService, TokenIntegrations } from '@gemel/application/policies';
import type { EventReader, Logger, StateStore } from '@gemel/application/ports';
import type { CreationRules } from '@gemel/model/creation';
import type { NamespaceRoots } from '@gemel/model/policies';
import { QueryWatch, SearchService } from '@gemel/application/search';
import type { QueryLimits } from '@gemel/application/search';
import { PastPolicyStream, PastTwinStream, TwinStream } from '@gemel/application/streaming';
import { ProtocolQueries } from '@gemel/application/subscriptions';
import { createThingService } from '@gemel/application/things';
import type { ThingService } from '@gemel/application/things';
import { createTypes } from '@gemel/application/types';
import type { Types } from '@gemel/application/types';
import type { Ports } from './ports.js';
import { wireComposition } from './wire-composition.js';
import type { ComposedServices } from './wire-composition.js';

export interface CoreLimits {
  /** Who may create what; anybody anything when absent. */
  readonly creation?: CreationRules | undefined;
  /** Whether writes by any API are refused that would break the composition; not when absent. */
  readonly strictComposition?: boolean | undefined;
  /** Most changes that wait for their turn on one thing; 100 when absent. */
  readonly maxWaitingChanges?: number | undefined;
  /** Largest thing as JSON text, in bytes. */
  readonly maxThingBytes: number;
  /** Largest policy as JSON text, in bytes. */
  readonly maxPolicyBytes: number;
  /** How the expiries of subjects are rounded; as Ditto when absent. */
  readonly subjects?: { readonly expiryGranularity: number };
  /** Policies whose implicit entries all policies of some namespaces have; none when absent. */
  readonly namespaceRoots?: NamespaceRoots | undefined;
  readonly queries?: QueryLimits;
  /** Of jobs; the usual ones when absent. */
  readonly jobs?: JobLimits;
  /** Largest payload of a message, in bytes. */
  readonly maxMessageBytes: number;
  /** Names of the headers that a look into the past tells of what led to it; none when absent. */
  readonly historicalHeaders?: readonly string[];
}

/** The use cases, ready to be driven. */
export interface Core extends ComposedServices {
  /** Acknowledgements that somebody waits for. */
  readonly acks: AckCollections;
  /** Announcements of policies, for whoever subscribes. */
  readonly announcements: AnnouncementHub;
  readonly announcer: SubjectAnnouncer;
  readonly things: ThingService;
  readonly policies: PolicyService;
  /** Permission checks and the like. */
  readonly policyQuestions: PolicyQuestions & { readonly listing: PolicyListing };
  readonly tokens: TokenIntegrations;
  readonly enforcers: PolicyEnforcers;
  readonly search: SearchService;
  /** What twins are held to. */
  readonly types: Types;
  readonly timeseries: TimeseriesService;
  readonly flux: FluxService;
  readonly streams: TwinStream;
  readonly pastStreams: PastTwinStream;
  /** Questions that come as Ditto Protocol messages. */
  readonly queries: ProtocolQueries;
  /** Messages, live commands and live events; things by the channel that a command asks for. */
  readonly live: LiveChannel;
  /** Those that must see every event; the caller lets them follow the feed. */
  readonly readers: readonly EventReader[];
}

/** Who is told what goes on. */
export interface Watchers {
  readonly metrics: HistorianMetrics;
  readonly logger: Logger;
}

/** Puts the use cases together. */
export function wireCore(ports: Ports, limits: CoreLimits, { metrics, logger }: Watchers): Core {
  const { historicalHeaders } = limits;
  const { states, memory, archive, index, feed, history, clock } = ports;
  const { log: gated, thingStates } = gatesOf(ports);
  const log = rememberingGuards(gated);
  const announcing = wireAnnouncements(ports, logger);
  const { acks, announcer } = announcing;
  const policies = createPolicies({
    ...{ log, states, clock, archive, historicalHeaders },
    limits: { ...DEFAULT_POLICY_LIMITS, maxPolicyBytes: limits.maxPolicyBytes, ...limits.subjects },
    ...{ roots: limits.namespaceRoots, creation: limits.creation, announcer, logger },
  });
  const { enforcers } = policies;
  const turns = new OneAtATime(log);
  const structure = limits.strictComposition === true ? new StrictStructure({ states, index, turns }) : undefined;
  const types = createTypes(ports);
  const things = createThingService({
    ...{ log, memory, archive, structure, enforcers, clock, historicalHeaders },
    states: thingStates,
    conformance: types.conformance,
    policyCreation: policies.creation,
    ...{ maxThingBytes: limits.maxThingBytes, maxWaiting: limits.maxWaitingChanges, creation: limits.creation },
  });
  const search = new SearchService(index, enforcers, new QueryWatch(clock, logger, limits.queries), memory);
  const past = { log, states, enforcers, historicalHeaders: historicalHeaders ?? [] };
  const pastStreams = new PastTwinStream(past);
  return {
    ...announcing,
    things,
    policies: policies.service,
    policyQuestions: { ...policies, listing: new PolicyListing({ ...ports, enforcers, roots: limits.namespaceRoots }) },
    tokens: policies.tokens,
    enforcers,
    search,
    types,
    ...wireComposition(
      { ...ports, log },
      { ...{ things, search, enforcers, types, turns, logger }, policies: policies.service, jobLimits: limits.jobs },
    ),
    ...wireSeries(ports, enforcers),
    streams: new TwinStream(feed, { states, memory, enforcers, log: logger }),
    pastStreams,
    queries: new ProtocolQueries({
      ...{ things, search, past: pastStreams, pastOfPolicies: new PastPolicyStream(past) },
      ...{ permissionChecks: policies.permissionChecks, timers: ports.timers, ids: ports.ids },
    }),
    live: wireLive(ports, { things, enforcers, acks, log: logger, maxMessageBytes: limits.maxMessageBytes }),
    readers: [new Historian(history, new TagsOfThings(states, log, new PastStates(ports)), clock, metrics)],
  };
}

/** What keeps users out of the namespaces that are blocked. */
function gatesOf({ log, states, blocked }: Ports): Pick<Ports, 'log'> & { readonly thingStates: StateStore } {
  return blocked === undefined
    ? { log, thingStates: states }
    : { log: gatedLog(log, blocked), thingStates: gatedStates(states, blocked) };
}

function wireLive(
  { states, clock, timers, live: bus }: Ports,
  parts: Omit<Parameters<typeof createLiveChannel>[0], 'states' | 'clock' | 'timers' | 'bus'>,
): LiveChannel {
  return createLiveChannel({ states, clock, timers, bus, ...parts });
}

function wireSeries({ history, states, clock }: Ports, enforcers: PolicyEnforcers) {
  const access = new SeriesAccess(states, enforcers);
  return {
    timeseries: new TimeseriesService(history, access, clock),
    flux: new FluxService(history, access, clock),
  };
}

function wireAnnouncements({ live, clock, timers, ids, records }: Ports, log: Logger) {
  const acks = new AckCollections(timers);
  const hub = new AnnouncementHub(live, log);
  return { acks, announcements: hub, announcer: new SubjectAnnouncer({ hub, acks, clock, ids, records, log }) };
}
