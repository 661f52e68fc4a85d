/** A message or its second QoS 2 half on its way to a client. */
export interface Outgoing {
  readonly cmd: string;
  readonly qos?: number;
  messageId?: number | undefined;
  readonly brokerCounter?: number;
  readonly payload?: string | Buffer;
  /** In the journal. */
  readonly number?: number;
}
