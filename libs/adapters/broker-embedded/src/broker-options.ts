import type { InboundHandler, Logger } from '@gemel/application/ports';
import type { SubjectId } from '@gemel/model/policies';

import type { BrokerLimits } from './limits.js';
import type { BrokerTopics } from './topic-rights.js';

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The subjects of a user, the originator first; undefined when user or password are wrong. */
  readonly authenticate: (
    username: string,
    password: string,
  ) => readonly SubjectId[] | undefined | Promise<readonly SubjectId[] | undefined>;
  /** Gets what is published to a source; the sender has its PUBACK when it resolves, is disconnected when it rejects. */
  readonly onMessage: InboundHandler;
  readonly topics: BrokerTopics;
  readonly log: Logger;
  readonly limits?: Partial<BrokerLimits>;
}
