import type { TokenVerifier, VerifiedToken } from '@gemel/application/ports';
import { parseTokenIssuers } from '@gemel/model/authentication';
import type { TokenIssuer } from '@gemel/model/authentication';
import { startIssuer } from '../oidc/index.js';
import type { TestIssuer, TokenOptions } from '../oidc/index.js';

export interface VerifierToOpen {
  readonly issuers: readonly TokenIssuer[];
  readonly now: () => number;
  /** How long an issuer may take. */
  readonly timeoutMs: number;
}

const START = Date.UTC(2030, 0, 1);
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
const PATIENT_MS = 20_000;

/** What every verifier of tokens promises. */
export function describeTokenVerifier(name: string, open: (options: VerifierToOpen) => TokenVerifier): void {
  describe(`${name} as a verifier of tokens`, () => {
    let issuer: TestIssuer;
    let verifier: TokenVerifier;
    let now: number;

    beforeEach(async () => {
      issuer = await startIssuer();
      now = START;
      verifier = open({ issuers: parseTokenIssuers({ idp: issuer.url }), now: () => now, timeoutMs: PATIENT_MS });
    });

    afterEach(() => issuer.close());

    const seconds = (ms: number) => (START + ms) / SECOND_MS;
    const verify = async (token: string): Promise<VerifiedToken> => verifier.verify(token);
    const refusal = (token: string) => verify(token).catch((error: unknown) => error);
    const tokenFor = (sub: string, options?: TokenOptions) =>
      issuer.token({ sub, exp: seconds(HOUR_MS), aud: ['twins'] }, options);

    it.each([
      ['RSA', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
      ['P-256', ['ES256']],
      ['P-384', ['ES384']],
      ['P-521', ['ES512']],
    ] as const)('takes signatures by %s keys', async (kind, algorithms) => {
      issuer.addKey(kind, 'own');
      for (const alg of algorithms) {
        const { claims, expiry, issuer: trusted } = await verify(tokenFor('ann', { alg }));
        expect(claims['sub']).toBe('ann');
        expect(expiry).toBe(START + HOUR_MS);
        expect(trusted.prefix).toBe('idp');
      }
    });

    it('takes an issuer with and without its scheme', async () => {
      const named = issuer.token({ iss: issuer.url.replace('http://', ''), sub: 'ann' });
      expect((await verify(named)).expiry).toBeUndefined();
    });

    it.each([
      ['', 'jwt:invalid'],
      ['a.b', 'jwt:invalid'],
      ['a.b.c.d', 'jwt:invalid'],
      ['!.!.!', 'jwt:invalid'],
      [`${btoa('[]')}.${btoa('1')}.x`, 'jwt:invalid'],
      [`${btoa('{"kid":"k"}')}.${btoa('{}')}.x`, 'json.field.missing'],
      [`${btoa('{}')}.${btoa('{"iss":"i"}')}.x`, 'json.field.missing'],
      [`${btoa('{"kid":"k"}')}.${btoa('{"iss":"i","aud":1}')}.x`, 'jwt:audience.invalid'],
      [`${btoa('{"kid":"k"}')}.${btoa('{"iss":"i"}')}.x`, 'gateway:jwt.issuer.notsupported'],
    ])('refuses %p with %s', async (token, code) => {
      expect(await refusal(token)).toMatchObject({ code });
      expect(issuer.asked).toHaveLength(0);
    });

    it.each(['HS256', 'none', 'ES256', 'RS1', ''])('refuses the algorithm %p with an RSA key', async (alg) => {
      const honest = tokenFor('ann');
      const forged = alg === 'HS256' || alg === 'none';
      const body = honest.slice(honest.indexOf('.'));
      const token = forged
        ? `${tokenFor('ann', { alg })}${alg === 'none' ? 'x' : ''}`
        : Buffer.from(JSON.stringify({ alg, kid: 'first' })).toString('base64url') + body;
      expect(await refusal(token)).toMatchObject({ code: 'gateway:authentication.failed', status: 401 });
    });

    it('refuses what was changed after it was signed, and what another key has signed', async () => {
      const [header, , signature] = tokenFor('ann').split('.');
      const [, claims] = tokenFor('bob').split('.');
      expect(await refusal([header, claims, signature].join('.'))).toMatchObject({
        message: 'The token does not prove who you are.',
      });
      issuer.addKey('RSA', 'second');
      const other = tokenFor('ann', { kid: 'second', header: { alg: 'RS256', kid: 'first' } });
      expect(await refusal(other)).toMatchObject({ code: 'gateway:authentication.failed' });
    });

    it('refuses tokens before and after their time, clocks differing by up to 10 seconds', async () => {
      const token = issuer.token({ sub: 'ann', nbf: seconds(0), exp: seconds(HOUR_MS) });
      now = START - 10 * SECOND_MS - 1;
      expect(await refusal(token)).toMatchObject({ description: expect.stringMatching(/^It counts only from /) });
      now = START - 10 * SECOND_MS;
      await verify(token);
      now = START + HOUR_MS + 10 * SECOND_MS - 1;
      await verify(token);
      now = START + HOUR_MS + 10 * SECOND_MS + 1;
      expect(await refusal(token)).toMatchObject({ description: expect.stringMatching(/^It was over at /) });
    });

    it('asks an issuer once for all who come together, and gives the same token at once from then on', async () => {
      const token = tokenFor('ann');
      const [first] = await Promise.all([verify(token), verify(tokenFor('bob')), verify(token)]);
      expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
      const again = verifier.verify(token);
      expect(again).not.toBeInstanceOf(Promise);
      expect(again).toEqual(first);
      await verify(tokenFor('carl'));
      expect(issuer.asked).toHaveLength(2);
    });

    it('finds a key that is new since it asked', async () => {
      await verify(tokenFor('ann'));
      issuer.addKey('P-256', 'second');
      await verify(tokenFor('bob', { alg: 'ES256' }));
      expect(issuer.asked).toHaveLength(4);
    });

    it('forgets keys after an hour, and the tokens that they have signed', async () => {
      const token = issuer.token({ sub: 'ann' });
      await verify(token);
      issuer.withdrawKeys();
      now = START + HOUR_MS - 1;
      await verify(token);
      now = START + HOUR_MS;
      expect(await refusal(token)).toMatchObject({
        code: 'gateway:authentication.failed',
        description: `The issuer '${issuer.url}' has no key 'first'.`,
      });
    });

    it('asks for unknown keys no more than ten times, and once more each second', async () => {
      const unknown = (kid: number) => tokenFor('ann', { header: { alg: 'RS256', kid: String(kid) } });
      for (let kid = 0; kid < 30; kid++) expect(await refusal(unknown(kid))).toMatchObject({ status: 401 });
      expect(issuer.asked).toHaveLength(20);
      now = START + SECOND_MS;
      expect(await refusal(unknown(30))).toMatchObject({ status: 401 });
      expect(await refusal(unknown(31))).toMatchObject({ status: 401 });
      expect(issuer.asked).toHaveLength(22);
    });

    it.each([
      ['failing', 'gateway:authentication.provider.unavailable'],
      ['redirecting', 'gateway:authentication.provider.unavailable'],
      ['nonsense', 'gateway:publickey.provider.unavailable'],
    ] as const)('says that an issuer is not there that is %s, and recovers with it', async (behaviour, code) => {
      issuer.behaviour = behaviour;
      expect(await refusal(tokenFor('ann'))).toMatchObject({ code, status: 503 });
      expect(issuer.asked).toHaveLength(1);
      issuer.behaviour = 'well';
      await verify(tokenFor('ann'));
    });

    it('waits no longer for an issuer than it is told', async () => {
      const hurried = open({ issuers: parseTokenIssuers({ idp: issuer.url }), now: () => now, timeoutMs: 50 });
      issuer.behaviour = 'silent';
      const waiting = Promise.resolve(hurried.verify(tokenFor('ann')));
      await expect(waiting).rejects.toMatchObject({ code: 'gateway:authentication.provider.unavailable', status: 503 });
    });

    it('says that an issuer is not there that is down', async () => {
      const token = tokenFor('ann');
      await issuer.close();
      expect(await refusal(token)).toMatchObject({ code: 'gateway:publickey.provider.unavailable', status: 503 });
      issuer = await startIssuer();
    });

    it.each([
      [{ kty: 'oct', k: 'AA' }, "its type is 'oct'."],
      [{ kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' }, "its curve is 'secp256k1'."],
      [{ kty: 'RSA', e: 'AQAB' }, ''],
      [{ kty: '__proto__' }, "its type is '__proto__'."],
    ])('refuses to use the key %j', async (key, detail) => {
      issuer.publish({ kid: 'odd', ...key });
      expect(await refusal(tokenFor('ann', { header: { alg: 'RS256', kid: 'odd' } }))).toMatchObject({
        code: 'jwk:invalid',
        status: 400,
        message: expect.stringContaining(detail),
      });
    });

    it('never asks over plain HTTP where the configuration does not say so', async () => {
      const secured = issuer.url.replace('http', 'https');
      verifier = open({ issuers: parseTokenIssuers({ idp: secured }), now: () => now, timeoutMs: PATIENT_MS });
      expect(await refusal(issuer.token({ iss: secured, sub: 'ann' }))).toMatchObject({ status: 503 });
      expect(issuer.asked).toHaveLength(0);
    });
  });
}
