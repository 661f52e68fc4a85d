import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@gemel/model/json';
import { eventually } from '@gemel/testkit/waiting';
import { call } from './api.js';
import type { Answer } from './api.js';

const OPERATOR = { authorization: `Basic ${btoa('devops:foobar')}` };
const PATH = '/api/2/connections';

/** A started Gemel, in one process or several. */
export interface Started {
  /** Where things and connections are managed; any of them will do. */
  readonly urls: () => readonly string[];
  /** What it wrote to standard error so far. */
  readonly log: () => string;
}

export type StatusName = 'open' | 'closed' | 'failed' | 'misconfigured' | 'unknown';

/** Ditto's status of a connection, as far as tests look at it. */
export interface SeenStatus {
  readonly connectionStatus: string;
  readonly liveStatus: StatusName;
  readonly recoveryStatus?: string;
  readonly clientStatus: readonly {
    /** The process. */
    readonly client: string;
    readonly status: string;
    readonly statusDetails: string;
    readonly inStateSince: string;
  }[];
  readonly sourceStatus: readonly { readonly status: string; readonly address: string }[];
  readonly targetStatus: readonly {
    readonly status: string;
    readonly address: string;
    readonly statusDetails: string;
  }[];
}

/** Messages of the last hour. */
export interface SeenTotals {
  readonly consumed: number;
  readonly published: number;
  readonly notPublished: number;
}

export interface SeenLog {
  readonly category: string;
  readonly type: string;
  readonly level: string;
  readonly message: string;
  readonly timestamp: string;
  readonly correlationId: string;
  readonly address?: string;
  readonly entityId?: string;
}

/** Calls a Gemel as those do who operate its connections, and as its users; each call at the next of its URLs. */
export class Operated {
  #turn = 0;

  constructor(private readonly started: Started) {}

  get log(): string {
    return this.started.log();
  }

  /** As user `ditto`. */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const urls = this.started.urls();
    return call({ http: urls[this.#turn++ % urls.length] ?? '' }, method, path, body, headers);
  }

  manage(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.call(method, `${PATH}${path}`, body, OPERATOR);
  }

  /** Under an id of its own, or one that the caller knows beforehand. */
  async create(connection: JsonObject): Promise<string> {
    const given = connection['id'];
    const id = typeof given === 'string' ? given : `it-${randomUUID().slice(0, 8)}`;
    const answer = await this.call(
      'POST',
      '/devops/piggyback/connectivity',
      {
        targetActorSelection: '/system/sharding/connection',
        headers: { aggregate: false },
        piggybackCommand: {
          type: 'connectivity.commands:createConnection',
          connection: { connectionStatus: 'open', ...connection, id, name: id },
        },
      },
      OPERATOR,
    );
    const { status } = parsePiggyback(answer.body);
    if (status !== 201) throw new Error(`status ${answer.status}: ${JSON.stringify(answer.body)}`);
    return id;
  }

  command(id: string, name: string): Promise<Answer> {
    const headers = { ...OPERATOR, 'content-type': 'text/plain' };
    return this.call('POST', `${PATH}/${id}/command`, `connectivity.commands:${name}`, headers);
  }

  async status(id: string): Promise<SeenStatus> {
    return parseStatus((await this.manage('GET', `/${id}/status`)).body);
  }

  /** Resolves when it is so, and each target has its place among the events. */
  statusIs(id: string, wanted: StatusName, deadlineMs = 30_000): Promise<SeenStatus> {
    return eventually(
      () => this.status(id),
      ({ liveStatus, targetStatus }) =>
        liveStatus === wanted && (wanted !== 'open' || targetStatus.every(({ status }) => status === 'open')),
      deadlineMs,
    );
  }

  /** Of the last hour. */
  async count(id: string, address: string, type: string, outcome: 'success' | 'failure' = 'success'): Promise<number> {
    const { sourceMetrics, targetMetrics } = parseMetrics((await this.manage('GET', `/${id}/metrics`)).body);
    const metrics = sourceMetrics.addressMetrics[address] ?? targetMetrics.addressMetrics[address];
    return metrics?.[type]?.[outcome].PT1H ?? 0;
  }

  /** Of all addresses. */
  async totals(id: string): Promise<SeenTotals> {
    const { connectionMetrics } = parseMetrics((await this.manage('GET', `/${id}/metrics`)).body);
    const total = (way: 'inbound' | 'outbound', type: string, outcome: 'success' | 'failure') =>
      connectionMetrics[way][type]?.[outcome].PT1H ?? 0;
    return {
      consumed: total('inbound', 'consumed', 'success'),
      published: total('outbound', 'published', 'success'),
      notPublished: total('outbound', 'published', 'failure'),
    };
  }

  async logs(id: string): Promise<readonly SeenLog[]> {
    return parseLogs((await this.manage('GET', `/${id}/logs`)).body);
  }

  delete(id: string): Promise<Answer> {
    return this.manage('DELETE', `/${id}`);
  }
}

function parsePiggyback(body: unknown): { readonly status?: number } {
  return body as { readonly status?: number };
}

function parseStatus(body: unknown): SeenStatus {
  return body as SeenStatus;
}

/** By the type of what is counted. */
type SeenCounts = Readonly<Record<string, Readonly<Record<'success' | 'failure', { readonly PT1H: number }>>>>;

interface SeenMetrics {
  readonly connectionMetrics: { readonly inbound: SeenCounts; readonly outbound: SeenCounts };
  readonly sourceMetrics: { readonly addressMetrics: Readonly<Record<string, SeenCounts>> };
  readonly targetMetrics: { readonly addressMetrics: Readonly<Record<string, SeenCounts>> };
}

function parseMetrics(body: unknown): SeenMetrics {
  return body as SeenMetrics;
}

function parseLogs(body: unknown): readonly SeenLog[] {
  return (body as { readonly connectionLogs: readonly SeenLog[] }).connectionLogs;
}
