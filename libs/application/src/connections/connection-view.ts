import { clientPart } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import { isJsonArray, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { formatInstant, parseInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';
import { LEASE_TIMES } from '../leases/index.js';
import { mergeUnseen } from '../pipelines/index.js';
import type { ConnectionOrders, PostedReport } from '../ports/index.js';
import { connectionStatus, liveStatusOf } from './connection-status.js';

/** What is not renewed for so long comes from a process that is gone. In milliseconds. */
const STALE_AFTER_MS = 30_000;
/** A process that has said nothing for so long may hold nothing any more: another one takes it over. In milliseconds. */
const LOST_AFTER_MS = LEASE_TIMES.abandonedAfterMs;
/** [ditto connectivity.conf, monitoring.logger.maxLogSizeBytes] */
const MAX_LOG_BYTES = 250_000;

/** What is known of a connection when somebody asks how it is doing. */
export interface Observed {
  readonly id: string;
  /** `open`, `closed` or `unknown`: what it should be. */
  readonly wanted: string;
  readonly revision: number;
  readonly modified: Instant;
  readonly reports: readonly PostedReport[];
  /** Undefined when its definition cannot be read. */
  readonly connection: Connection | undefined;
  readonly orders: ConnectionOrders;
  readonly now: Instant;
}

/** From good to bad. */
const RECOVERIES = ['succeeded', 'unknown', 'ongoing', 'backOffLimitReached'] as const;

/** The parts of a status, in the order in which they are shown. */
const PARTS = ['clientStatus', 'sourceStatus', 'targetStatus', 'sshTunnelStatus'] as const;

/** Ditto's status of a connection. */
export function statusOf(observed: Observed): JsonObject {
  const { id, wanted, modified } = observed;
  const told = present(observed).filter((report) => !isLost(report));
  const says = [...told, ...(wanted === 'open' ? absent(observed, told) : [])]
    .toSorted((a, b) => a.client - b.client)
    .map((report) => report.says);
  const [clients = [], ...others] = PARTS.map((name) => says.flatMap((each) => objects(member(each, name))));
  const shown = wanted === 'open' || clients.length > 0 ? clients : [closedClient(modified)];
  const since = shown.filter((client) => client['status'] === 'open').map((client) => timeIn(client, 'inStateSince'));
  return {
    connectionId: id,
    connectionStatus: wanted,
    liveStatus: liveStatusOf([shown, ...others].flat().map((part) => textIn(part, 'status') ?? 'unknown')),
    recoveryStatus: worst(shown, 'recoveryStatus', RECOVERIES) ?? 'unknown',
    ...(since.length === 0 ? undefined : { connectedSince: formatInstant(Math.min(...since)) }),
    clientStatus: shown,
    ...Object.fromEntries(
      others
        .map((statuses, index) => [PARTS[index + 1] ?? '', statuses] as const)
        .filter(([name, statuses]) => name !== 'sshTunnelStatus' || statuses.length > 0),
    ),
  };
}

/** What can be said of clients of which no process says anything: nobody has them open, or nobody any more. */
function absent(observed: Observed, told: readonly PostedReport[]): readonly Pick<PostedReport, 'client' | 'says'>[] {
  const { connection, reports, modified } = observed;
  if (connection === undefined) return [];
  const missing = Array.from({ length: connection.clientCount }, (_, client) => client).filter(
    (client) => !told.some((report) => report.client === client),
  );
  return missing.map((client) => {
    const last = reports.find((report) => report.client === client);
    const seconds = Math.round((last?.silentMs ?? observed.now - (last?.at ?? 0)) / 1_000);
    const detail =
      last === undefined
        ? 'No process has it open yet.'
        : `The process that had it open has said nothing for ${String(seconds)} s; another one takes it over.`;
    const live = { status: { state: 'opening', detail }, since: last?.at ?? modified, hindrances: [] } as const;
    const status = connectionStatus(clientPart(connection, client), live, last?.instance ?? 'none');
    return {
      client,
      says: Object.fromEntries(
        (['clientStatus', 'sourceStatus', 'targetStatus'] as const).map((name) => [
          name,
          status[name].map((part) => ({ ...part })),
        ]),
      ),
    };
  });
}

/** Whether its process holds nothing any more. */
export function isLost({ silentMs }: PostedReport): boolean {
  return silentMs !== undefined && silentMs > LOST_AFTER_MS;
}

/** Ditto's metrics of a connection, all clients together. */
export function metricsOf(
  observed: Observed,
  addresses: Readonly<Record<'inbound' | 'outbound', JsonObject>>,
): JsonObject {
  const counted = counting(observed);
  const sum = (direction: 'inbound' | 'outbound'): JsonObject =>
    counted
      .map(({ says }) => objectIn(objectIn(says, 'metrics'), direction))
      .reduce((left, right) => add(left, right), addresses[direction]);
  const [inbound, outbound] = [sum('inbound'), sum('outbound')];
  const overall = { inbound: flat(inbound), outbound: flat(outbound) };
  return {
    connectionId: observed.id,
    connectionMetrics: overall,
    containsFailures: Object.values(overall).some(hasFailures),
    sourceMetrics: { addressMetrics: inbound },
    targetMetrics: { addressMetrics: outbound },
  };
}

/** Ditto's logs of a connection, from the oldest to the newest; the oldest go first when there are too many. */
export function logsOf(observed: Observed): JsonObject {
  const { id, orders, now } = observed;
  const { logsSince, logsUntil, logsResetAt = 0 } = orders;
  const entries = present(observed)
    .flatMap(({ says }) => objects(member(says, 'logs')))
    .filter((entry) => timeIn(entry, 'timestamp') >= logsResetAt)
    .toSorted((a, b) => timeIn(a, 'timestamp') - timeIn(b, 'timestamp'));
  const isOn = logsSince !== undefined && logsUntil !== undefined && now < logsUntil;
  return {
    connectionId: id,
    connectionLogs: newest(entries),
    enabledSince: isOn ? formatInstant(logsSince) : null,
    enabledUntil: isOn ? formatInstant(logsUntil) : null,
  };
}

/** Addresses of which no mapping makes anything; not in Ditto. */
export function unseenOf(observed: Observed): JsonObject {
  const lists = counting(observed).map(({ says }) => objects(member(says, 'unseen')));
  return { connectionId: observed.id, unseenAddresses: mergeUnseen(lists) };
}

/** A member that is a text. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' ? value : undefined;
}

function timeIn(object: JsonObject, name: string): Instant {
  return parseInstant(textIn(object, name) ?? '') ?? 0;
}

function newest(entries: readonly JsonObject[]): readonly JsonObject[] {
  let bytes = 0;
  const kept = entries.toReversed().filter((entry) => (bytes += JSON.stringify(entry).length) <= MAX_LOG_BYTES);
  return kept.toReversed();
}

function present({ reports, now }: Observed): readonly PostedReport[] {
  return reports.filter(({ at }) => now - at < STALE_AFTER_MS).toSorted((a, b) => a.client - b.client);
}

/** Without those that were made before their process knew that it is to count anew. */
function counting(observed: Observed): readonly PostedReport[] {
  const { metricsResetAt = 0 } = observed.orders;
  return present(observed).filter(({ says }) => Number(says['metricsResetAt'] ?? 0) >= metricsResetAt);
}

function closedClient(since: Instant): JsonObject {
  return {
    type: 'client',
    client: 'none',
    status: 'closed',
    recoveryStatus: 'unknown',
    statusDetails: 'It is closed.',
    inStateSince: formatInstant(since),
  };
}

function worst(parts: readonly JsonObject[], name: string, order: readonly string[]): string | undefined {
  const ranks = parts.flatMap((part) => {
    const value = part[name];
    return typeof value === 'string' ? [order.indexOf(value)] : [];
  });
  return ranks.length === 0 ? undefined : order[Math.max(...ranks)];
}

/** All addresses of a direction together. */
function flat(byAddress: JsonObject): JsonObject {
  return Object.values(byAddress).reduce<JsonObject>(
    (sum, metrics) => (isJsonObject(metrics) ? add(sum, metrics) : sum),
    {},
  );
}

/** Counts added, the later of two times, member by member. */
function add(left: JsonObject, right: JsonObject): JsonObject {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries(
    [...names].map((name) => [name, addValues(member(left, name) ?? null, member(right, name) ?? null)]),
  );
}

function addValues(left: JsonValue, right: JsonValue): JsonValue {
  if (isJsonObject(left) && isJsonObject(right)) return add(left, right);
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') return left > right ? left : right;
  return left ?? right;
}

function hasFailures(metrics: JsonObject): boolean {
  return Object.values(metrics).some((metric) => {
    const failure = isJsonObject(metric) ? member(metric, 'failure') : undefined;
    return isJsonObject(failure) && Object.values(failure).some((count) => typeof count === 'number' && count > 0);
  });
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  return isJsonObject(value) ? value : {};
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter((each) => isJsonObject(each)) : [];
}
