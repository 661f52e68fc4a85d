import { answerOther } from '@gemel/api/operations';
import type { DevopsRequest } from '@gemel/api/operations';
import { OperatorPost } from '@gemel/application/operations';
import type { Membership, OperatorPostParts } from '@gemel/application/operations';
import type { Subscription } from '@gemel/application/ports';
import type { JsonObject } from '@gemel/model/json';
import type { ClusterMember } from '@gemel/model/operations';
import { devopsOf } from './process-routes.js';
import type { OperatedProcess } from './process-routes.js';

type PostPorts = Pick<OperatorPostParts, 'records' | 'clock' | 'timers' | 'ids' | 'log'>;

/** The other replicas of a cluster, for operators who ask one of them. */
export interface OtherReplicas {
  readonly others: (request: DevopsRequest) => Promise<readonly JsonObject[]>;
  /** Answers what they ask of this one, until it is stopped. */
  serve(): Subscription;
}

export function otherReplicas(
  own: OperatedProcess,
  membership: Pick<Membership, 'members'>,
  ports: PostPorts,
): OtherReplicas {
  const post = new OperatorPost({
    ...ports,
    instance: own.instance,
    members: () => membership.members(),
    answer: (request) => answerOther(devopsOf(own), request),
  });
  return {
    others: (request) => {
      const [service, instance] = request.named;
      const isMeant = (member: ClusterMember): boolean =>
        (service === undefined || member.roles.includes(service)) &&
        (instance === undefined || member.instance === instance);
      return post.ask(isMeant, { ...request });
    },
    serve: () => post.serve(),
  };
}
