import type { TopicAccess } from '@gemel/model/mqtt-users';
import type { SubjectId } from '@gemel/model/policies';

/** Who has signed in. */
export interface BrokerPrincipal {
  /** The originator first. */
  readonly subjects: readonly SubjectId[];
  /** Without it: the rights that subjects give, see `BrokerTopics`. */
  readonly access?: TopicAccess;
}
