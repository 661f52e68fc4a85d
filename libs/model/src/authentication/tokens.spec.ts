import { GemelError } from '../errors/index.js';
import type { JsonValue } from '../json/index.js';
import fc from 'fast-check';
import { bearerOf } from './bearer-of.js';
import { bearerToken, decodeToken } from './decode-token.js';
import { parseTokenIssuers } from './token-issuer.js';
import { checkLifetime } from './token-lifetime.js';

const part = (value: JsonValue) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

describe('tokens', () => {
  it('are read as they were written, whatever their claims', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), (claims) => {
        const whole = { ...claims, iss: 'i', aud: 'a' };
        const decoded = decodeToken(`${part({ kid: 'k', alg: 'RS256' })}.${part(whole)}.sig`);
        expect(decoded).toEqual({
          algorithm: 'RS256',
          keyId: 'k',
          issuer: 'i',
          claims: JSON.parse(JSON.stringify(whole)),
        });
      }),
    );
  });

  it('are refused by errors with a code, whatever text comes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const read of [() => bearerToken(`Bearer ${text}`), () => decodeToken(text)]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(GemelError);
          }
        }
      }),
    );
  });

  it.each(['1', null, {}, 1e300])('have a time of expiry that is one, not %j', (exp) => {
    expect(() => {
      checkLifetime({ exp }, 0, 0);
    }).toThrow('The token does not prove who you are.');
  });

  it('make subjects of claims of any kind, each once, and of none that holds control characters', () => {
    const [issuer] = parseTokenIssuers({ idp: { issuer: 'i', authSubjects: ['{{ jwt:a/b }}', '{{ jwt:c }}'] } });
    if (issuer === undefined) throw new Error('no issuer');
    const claims = {
      a: [{ b: 'x' }, { b: ['y', 1] }, 'no object'],
      c: ['x', 'a\nb', '', true, null, { d: 1 }, '{{ x }}'],
    };
    expect(bearerOf(issuer, claims).subjects).toEqual(['idp:x', 'idp:y', 'idp:1', 'idp:true', 'idp:{"d":1}']);
  });
});
