import type { Instant } from '../time/index.js';

/** Where a client of a connection is between opened and closed. */
export type ClientState =
  | { readonly at: 'closed' }
  /** Its connector tries, and has failed so often since then. */
  | (Trouble & { readonly at: 'connecting'; readonly isMisconfigured: boolean })
  | { readonly at: 'open' }
  /** Its connector could not work at all; another one is made after a pause. */
  | (Trouble & { readonly at: 'waiting'; readonly isMisconfigured: boolean })
  /** It has given up, and stays so until somebody opens it again. */
  | { readonly at: 'failed'; readonly detail: string; readonly isMisconfigured: boolean };

interface Trouble {
  readonly failures: number;
  /** Of the first of them. */
  readonly since: Instant;
  /** For people. */
  readonly detail: string;
}

export type ClientInput =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  /** The connector receives and sends. */
  | { readonly type: 'connected' }
  /** The connector could not connect, or has lost the other side; it goes on trying. */
  | { readonly type: 'lost'; readonly detail: string; readonly isMisconfigured: boolean }
  /** The connector cannot go on, or could not be made. */
  | { readonly type: 'broken'; readonly detail: string; readonly isMisconfigured: boolean }
  /** The pause is over. */
  | { readonly type: 'timer' };

export type ClientEffect =
  | { readonly do: 'openConnector' }
  | { readonly do: 'closeConnector' }
  | { readonly do: 'startTimer'; readonly ms: number };

export interface ClientRules {
  /** False: the first failure is the last. */
  readonly failoverEnabled: boolean;
}

export interface ClientStep {
  readonly state: ClientState;
  readonly effects: readonly ClientEffect[];
}

/** [ditto connectivity.conf] */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
const MOST_TRIES = 50;

/**
 * After so long without success it is given up: the time that Ditto's fifty tries take. A connector tries more often, so
 * that it is back sooner, and is not given up sooner for that.
 */
export const GIVE_UP_AFTER_MS = Array.from({ length: MOST_TRIES - 1 }, (_, index) => pauseMs(index + 1)).reduce(
  (sum, ms) => sum + ms,
  0,
);

export const CLOSED: ClientState = { at: 'closed' };

/** What becomes of a client when something happens to it. */
export function stepClient(state: ClientState, input: ClientInput, rules: ClientRules, now: Instant): ClientStep {
  switch (input.type) {
    case 'open':
      return state.at === 'closed' || state.at === 'failed'
        ? { state: { ...BEGINNING, since: now }, effects: [{ do: 'openConnector' }] }
        : stay(state);
    case 'close':
      return { state: CLOSED, effects: hasConnector(state) ? [{ do: 'closeConnector' }] : [] };
    case 'connected':
      return hasConnector(state) ? { state: { at: 'open' }, effects: [] } : stay(state);
    case 'lost':
      return hasConnector(state) ? lost(state, input, rules, now) : stay(state);
    case 'broken':
      return hasConnector(state) ? broken(state, input, rules, now) : stay(state);
    case 'timer':
      return state.at === 'waiting'
        ? { state: { ...state, at: 'connecting' }, effects: [{ do: 'openConnector' }] }
        : stay(state);
  }
}

/** Pause after so many failures. */
export function pauseMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (Math.max(failures, 1) - 1), LONGEST_PAUSE_MS);
}

const BEGINNING = { at: 'connecting', failures: 0, detail: 'It opens.', isMisconfigured: false } as const;

type Failure = Pick<Extract<ClientInput, { type: 'lost' }>, 'detail' | 'isMisconfigured'>;

function lost(state: ClientState, failure: Failure, rules: ClientRules, now: Instant): ClientStep {
  const trouble = troubleOf(state, failure, now);
  if (isOver(trouble, rules, now)) return { state: failed(failure), effects: [{ do: 'closeConnector' }] };
  return { state: { at: 'connecting', ...trouble, isMisconfigured: failure.isMisconfigured }, effects: [] };
}

function broken(state: ClientState, failure: Failure, rules: ClientRules, now: Instant): ClientStep {
  const trouble = troubleOf(state, failure, now);
  const close = { do: 'closeConnector' } as const;
  if (isOver(trouble, rules, now)) return { state: failed(failure), effects: [close] };
  return {
    state: { at: 'waiting', ...trouble, isMisconfigured: failure.isMisconfigured },
    effects: [close, { do: 'startTimer', ms: pauseMs(trouble.failures) }],
  };
}

function troubleOf(state: ClientState, { detail }: Failure, now: Instant): Trouble {
  if (state.at !== 'connecting' && state.at !== 'waiting') return { failures: 1, since: now, detail };
  return { failures: state.failures + 1, since: state.failures === 0 ? now : state.since, detail };
}

function isOver({ failures, since }: Trouble, { failoverEnabled }: ClientRules, now: Instant): boolean {
  return !failoverEnabled || (failures >= MOST_TRIES && now - since >= GIVE_UP_AFTER_MS);
}

function failed({ detail, isMisconfigured }: Failure): ClientState {
  return { at: 'failed', detail, isMisconfigured };
}

function hasConnector(state: ClientState): boolean {
  return state.at === 'connecting' || state.at === 'open';
}

function stay(state: ClientState): ClientStep {
  return { state, effects: [] };
}
