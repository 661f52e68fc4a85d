import { accountFault, networkFault } from './link-fault.js';

const failure = (code: string, message = 'it says so') => Object.assign(new Error(message), { code });

describe('a fault of the network', () => {
  it.each([
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'misconfigured', /host in the uri.*ca/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'misconfigured', /ca$/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'misconfigured', /ca$/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'misconfigured', /credentials/],
    ['ENOTFOUND', 'connecting', /host in the uri/],
    ['ECONNREFUSED', 'connecting', /host and port/],
    ['ECONNRESET', 'connecting', /^it says so$/],
  ])('%s is %s, and tells what to do', (code, state, detail) => {
    expect(networkFault(failure(code))).toEqual({ state, detail: expect.stringMatching(detail) as string });
  });

  it('is told in plain words when the other side speaks no TLS, or another one', () => {
    const openssl = (reason: string) =>
      `write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:${reason}:../ssl.c:350:\n`;
    expect(networkFault(failure('EPROTO', openssl('wrong version number')))).toEqual({
      state: 'misconfigured',
      detail: 'the other side does not speak TLS; check the scheme of the uri, and its port',
    });
    expect(networkFault(failure('ERR_SSL_X', openssl('sslv3 alert handshake failure'))).detail).toBe(
      "TLS fails: sslv3 alert handshake failure; check the connection's credentials, and that the port speaks TLS",
    );
  });

  it('is told in the words of what is behind it', () => {
    const error = new AggregateError([failure('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1')], '');
    expect(networkFault(error).detail).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1:1; check/);
    expect(networkFault(undefined)).toEqual({ state: 'connecting', detail: 'undefined' });
  });
});

it('an account that is not let in is told of with where it stands', () => {
  const detail = "no; check user name and password in the connection's uri";
  expect(accountFault('no')).toEqual({ state: 'misconfigured', detail });
});
