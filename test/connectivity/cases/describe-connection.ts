import type { BrokerTraits } from '../../support/brokers/index.js';
import { openConnection } from '../../support/opened-connection.js';
import type { OpenedConnection } from '../../support/opened-connection.js';
import type { Started } from '../../support/operated.js';
import { describeAcknowledgements } from './acknowledgement-cases.js';
import { describeInbound } from './inbound-cases.js';
import { describeLife } from './life-cases.js';
import { describeOutbound } from './outbound-cases.js';
import { describeCommands, describeEvents } from './protocol-cases.js';

/** What every connection promises to those who use it over the API, and to those on its other side. */
export function describeConnection(name: string, traits: BrokerTraits, started: () => Started): void {
  describe(name, () => {
    let connection: OpenedConnection | undefined;
    const opened = (): OpenedConnection => {
      if (connection === undefined) throw new Error('the connection is not open');
      return connection;
    };

    beforeAll(async () => {
      connection = await openConnection(started(), traits.open);
    }, 60_000);
    afterAll(() => connection?.close());

    if (traits.hasSources !== false)
      describe('in', () => {
        describeInbound(traits, opened);
        describeCommands(opened);
      });
    describe('out', () => {
      describeOutbound(traits, opened);
      describeEvents(opened);
    });
    if (traits.hasSources !== false)
      describe('acknowledgements', () => {
        describeAcknowledgements(opened);
      });
    describe('its life', () => {
      describeLife(traits, opened);
    });
  });
}
