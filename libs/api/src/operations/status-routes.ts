import type { JsonObject } from '@gemel/model/json';
import { clusterStatus, isHealthy, overallHealth, overallStatus } from '@gemel/model/operations';
import type { ClusterMember } from '@gemel/model/operations';
import { defineRoute, jsonReply } from '../http/index.js';
import type { Reply, Route } from '../http/index.js';

/** Who belongs to this installation. */
export interface Membership {
  /** The process that is asked, as it is now. */
  own(): Promise<ClusterMember>;
  /** All that are there, this one included; the others as they were some seconds ago. */
  members(): Promise<readonly ClusterMember[]>;
}

const tag = 'Operations';
const OBJECT: JsonObject = { type: 'object' };
const HEALTH: JsonObject = { $ref: '#/components/schemas/Health' };

/** What Ditto answers below `/status` (this process; a proxy is to keep strangers from it) and `/overall/status`. */
export function statusRoutes(membership: Membership): readonly Route[] {
  const own = async (): Promise<JsonObject> => (await membership.own()).status;
  const ownHealth = async (): Promise<Reply> => healthReply((await membership.own()).health);
  const cluster = async (): Promise<JsonObject> => clusterStatus(await membership.own(), await membership.members());
  return [
    describing('/status', 'Describe this process', async () => jsonReply(200, await own())),
    health('/status/health', 'Tell how this process is doing', ownHealth),
    describing('/status/cluster', 'List the processes and their roles', async () => jsonReply(200, await cluster())),
    guarded(
      describing('/overall/status', 'Describe all processes by role', async () =>
        jsonReply(200, overallStatus(await own(), await membership.members())),
      ),
    ),
    guarded(
      health('/overall/status/health', 'Tell how all processes are doing', async () =>
        healthReply(overallHealth(await membership.members())),
      ),
    ),
    guarded(
      describing('/overall/status/cluster', 'List the processes and their roles', async () =>
        jsonReply(200, await cluster()),
      ),
    ),
  ];
}

function describing(path: string, summary: string, handler: () => Promise<Reply>): Route {
  const responses = { 200: { description: 'What is known.', schema: OBJECT } };
  return defineRoute({ method: 'GET', path, summary, tag, access: 'none', responses, handler });
}

function health(path: string, summary: string, handler: () => Promise<Reply>): Route {
  return defineRoute({
    method: 'GET',
    path,
    summary,
    tag,
    access: 'none',
    responses: {
      200: { description: 'Nothing is DOWN.', schema: HEALTH },
      503: { description: 'Something is DOWN: its details say why.', schema: HEALTH },
    },
    handler,
  });
}

function guarded(route: Route): Route {
  return { ...route, access: 'status' };
}

function healthReply(info: ClusterMember['health']): Reply {
  return jsonReply(isHealthy(info) ? 200 : 503, info);
}
