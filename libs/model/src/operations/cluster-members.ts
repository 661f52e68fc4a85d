import { isJsonArray, isJsonObject } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import { compositeStatus, withLabel } from './status-info.js';
import type { StatusInfo } from './status-info.js';

/** A process of the installation, as it tells about itself. */
export interface ClusterMember {
  /** Unique among all that are there. */
  readonly instance: string;
  /** Ditto's names of the services that it does the work of, for example `gateway` and `things`. */
  readonly roles: readonly string[];
  /** What never changes while it runs: version, host, memory. */
  readonly status: JsonObject;
  readonly health: StatusInfo;
}

/** What another process said of itself, which may be of another version; what is missing is unknown. */
export function parseClusterMember(instance: string, says: JsonObject): ClusterMember {
  const { roles, status, health } = says;
  return {
    instance,
    roles: isJsonArray(roles ?? null) ? [roles].flat().map(String) : [],
    status: isJsonObject(status ?? null) ? (status as JsonObject) : {},
    health: isJsonObject(health ?? null) ? (health as StatusInfo) : { status: 'UNKNOWN' },
  };
}

/** Without one of them requests fail. Devices (`connectivity`) and types are left out where nobody wants them. */
const EXPECTED_ROLES = ['gateway', 'policies', 'search', 'things'];

/** What the asked process says of itself, and what all say by role and instance. */
export function overallStatus(own: JsonObject, members: readonly ClusterMember[]): JsonObject {
  const roles = rolesOf(members).map((role): [string, JsonObject] => [
    role,
    Object.fromEntries(inRole(members, role).map(({ instance, status }) => [instance, status])),
  ]);
  return { ...own, roles: Object.fromEntries(roles) };
}

/** The health of all by role and instance, and whether a role is missing. */
export function overallHealth(members: readonly ClusterMember[]): StatusInfo {
  const actual = rolesOf(members);
  const missing = EXPECTED_ROLES.filter((role) => !actual.includes(role));
  const extra = actual.filter((role) => !EXPECTED_ROLES.includes(role));
  const level = missing.length === 0 ? 'INFO' : 'ERROR';
  const expected: StatusInfo = {
    label: 'expected-roles',
    status: missing.length === 0 ? 'UP' : 'DOWN',
    details: [{ [level]: { 'missing-roles': missing, 'extra-roles': extra } }],
  };
  const byRole = actual.map((role) =>
    withLabel(role, compositeStatus(inRole(members, role).map(({ instance, health }) => withLabel(instance, health)))),
  );
  return withLabel('roles', compositeStatus([expected, ...byRole]));
}

/** Who is there. Nobody leads: what only one may do is leased, each duty for itself. */
export function clusterStatus(own: ClusterMember, members: readonly ClusterMember[]): JsonObject {
  const reachable = members.map(({ instance }) => instance);
  const roles = rolesOf(members).map((role): [string, JsonObject] => [
    role,
    { reachable: inRole(members, role).map(({ instance }) => instance), unreachable: [], leader: NONE },
  ]);
  return {
    reachable,
    unreachable: [],
    'seen-by': reachable,
    leader: NONE,
    'own-roles': own.roles,
    roles: Object.fromEntries(roles),
  };
}

const NONE = '<unknown>';

function rolesOf(members: readonly ClusterMember[]): readonly string[] {
  return [...new Set(members.flatMap(({ roles }) => roles))].toSorted();
}

function inRole(members: readonly ClusterMember[], role: string): readonly ClusterMember[] {
  return members.filter(({ roles }) => roles.includes(role));
}
