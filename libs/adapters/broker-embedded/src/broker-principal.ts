import type { TopicAccess } from '@gemel/model/mqtt-users';
import type { SubjectId } from '@gemel/model/policies';

/** Who has signed in. */
export interface BrokerPrincipal {
  /** The originator first. */
  readonly subjects: readonly SubjectId[];
  /** Without it: the rights that subjects give, see `BrokerTopics`. */
  readonly access?: TopicAccess;
  /** Whose sessions are the client's; the user name unless that says nothing, as beside a token. */
  readonly name?: string;
  /** After this time it must prove anew who it is, in milliseconds: its connection ends. Never when absent. */
  readonly endsInMs?: number;
}
