import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { encodeConfirmations } from './confirmation-packets.js';

it('writes confirmations as the library does, one behind the other', () => {
  const confirmation = fc.record({
    cmd: fc.constantFrom('puback' as const, 'pubrec' as const),
    messageId: fc.integer({ min: 1, max: 65_535 }),
  });
  fc.assert(
    fc.property(fc.array(confirmation), (confirmations) => {
      const expected = confirmations.map((each) => generate(each, { protocolVersion: 4 }));
      expect(encodeConfirmations(confirmations)).toEqual(Buffer.concat(expected));
    }),
  );
});
