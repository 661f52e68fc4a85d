import { TokenIssuersInvalid, parseTokenIssuers } from './token-issuer.js';

describe('OpenID Connect issuers', () => {
  it('need a name and nothing else', () => {
    const [issuer] = parseTokenIssuers({ idp: 'idp.example/realm' });
    expect(issuer).toMatchObject({ prefix: 'idp', issuers: ['idp.example/realm'], protocol: 'https' });
    expect(issuer?.authSubjects.map(({ text }) => text)).toEqual(['{{ jwt:sub }}']);
  });

  it('are asked without TLS only where they say so', () => {
    const protocols = parseTokenIssuers({
      a: { issuer: 'a.example' },
      b: { issuer: 'http://b.example' },
      c: { issuers: ['c.example', 'd.example'], protocol: 'http' },
      e: { issuer: 'https://e.example' },
    }).map(({ protocol }) => protocol);
    expect(protocols).toEqual(['https', 'http', 'http', 'https']);
  });

  it('prefer several issuers to one, and know both spellings of Ditto', () => {
    const [issuer] = parseTokenIssuers({
      idp: {
        issuer: 'a.example',
        issuers: ['b.example', 'c.example'],
        'auth-subjects': ['{{ jwt:sub }}/{{ jwt:scp }}'],
        injectClaimsIntoHeaders: { 'User-Email': '{{ jwt:email }}' },
        'prerequisite-conditions': ["{{ jwt:aud | fn:filter('eq','x') }}"],
      },
    });
    expect(issuer?.issuers).toEqual(['b.example', 'c.example']);
    expect([...(issuer?.injectClaimsIntoHeaders.keys() ?? [])]).toEqual(['user-email']);
    expect(issuer?.prerequisiteConditions).toHaveLength(1);
  });

  it.each([
    [[], 'it must be a JSON object'],
    [{ 'a:b': 'x' }, "'a:b' is no prefix"],
    [{ idp: {} }, "'idp' names no issuer"],
    [{ idp: { issuers: [] } }, "'idp' names no issuer"],
    [{ idp: 5 }, "'issuer' of 'idp' must be a text"],
    [{ idp: { issuer: 'a', subjects: [] } }, "'idp' has 'subjects', which is unknown"],
    [{ idp: { issuer: 'a', constructor: [] } }, "'idp' has 'constructor', which is unknown"],
    [{ idp: { issuer: 'a', authSubjects: ['{{ nobody:x }}'] } }, "'{{ nobody:x }}' of 'idp'"],
    [{ idp: { issuer: 'a', protocol: 'ftp' } }, 'must be either https or http'],
    [{ idp: { issuer: 'http://a', protocol: 'https' } }, 'must be either https or http'],
    [{ idp: { issuer: 'a', injectClaimsIntoHeaders: { 'ditto-sudo': 'x' } } }, 'cannot inject claims'],
    [{ idp: { issuer: 'a', injectClaimsIntoHeaders: { 'a b': 'x' } } }, 'cannot inject claims'],
    [{ idp: { issuer: 'a', injectClaimsIntoHeaders: { authorization: 'x' } } }, 'cannot inject claims'],
    [{ a: 'x.example', b: 'https://x.example' }, "the issuer 'x.example' is there twice"],
  ])('refuse %j: %s', (value, message) => {
    expect(() => parseTokenIssuers(value)).toThrow(TokenIssuersInvalid);
    expect(() => parseTokenIssuers(value)).toThrow(message);
  });
});
