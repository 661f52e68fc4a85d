import type { Meter } from '@gemel/application/ports';
import type { CommitCounters } from './commit-queue.js';

/** What operators watch of the commits. */
export function commitMeters(counters: () => CommitCounters): readonly Meter[] {
  return [
    {
      name: 'gemel_commits_total',
      help: 'Commits of the log; several appends may share one.',
      kind: 'counter',
      read: () => counters().commits,
    },
    {
      name: 'gemel_commit_events_total',
      help: 'Events committed; divided by the commits, the size of a batch.',
      kind: 'counter',
      read: () => counters().events,
    },
    {
      name: 'gemel_commit_refusals_total',
      help: 'Appends that were refused: another writer was first, or the store could not write.',
      kind: 'counter',
      labels: ['reason'],
      read: () => [
        { labels: { reason: 'conflict' }, value: counters().conflicts },
        { labels: { reason: 'unavailable' }, value: counters().failed },
      ],
    },
    {
      name: 'gemel_commit_flushes_total',
      help: 'Writes of commits that went to the store together; the commits divided by them are the size of a group.',
      kind: 'counter',
      read: () => counters().flushes,
    },
    {
      name: 'gemel_commit_waiting',
      help: 'Appends that wait to be written.',
      kind: 'gauge',
      read: () => counters().waiting,
    },
  ];
}

/** How far the states are behind, as far as this process knows. */
export function tailMeter(events: () => number): Meter {
  return {
    name: 'gemel_log_tail_events',
    help: 'Events of the log of which states may not be written yet; writes are refused when they take 200 MB of memory.',
    kind: 'gauge',
    read: events,
  };
}

/** How often the driver's client stood still and was replaced. */
export function clientMeter(replaced: () => number): Meter {
  return {
    name: 'gemel_mongodb_clients_replaced_total',
    help: 'Clients of MongoDB that stood still and were replaced, as may happen when the server was away.',
    kind: 'counter',
    read: replaced,
  };
}
