import { createHmac } from 'node:crypto';

import type { HmacCredentials } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';

import type { PushRequest } from './push-request.js';
import { signatureOf } from './signing.js';

const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);
const request = (change: Partial<PushRequest> = {}): PushRequest => ({
  method: 'GET',
  path: '/',
  query: '',
  headers: {},
  body: Buffer.alloc(0),
  ...change,
});
const credentials = (algorithm: HmacCredentials['algorithm'], parameters: JsonObject): HmacCredentials => ({
  type: 'hmac',
  algorithm,
  parameters,
});
const AWS = {
  region: 'us-east-1',
  service: 'iam',
  accessKey: 'AKIDEXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

describe('signatures', () => {
  it('are those of the example in the documentation of AWS', () => {
    const signed = signatureOf(
      request({
        query: 'Action=ListUsers&Version=2010-05-08',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      }),
      'iam.amazonaws.com',
      credentials('aws4-hmac-sha256', { ...AWS, canonicalHeaders: ['Host', 'content-type', 'x-amz-date'] }),
      NOW,
    );
    expect(signed).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, ' +
        'SignedHeaders=content-type;host;x-amz-date, ' +
        'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    });
  });

  it.each([
    ['INCLUDED', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['unsigned', 'UNSIGNED-PAYLOAD'],
  ])('tell the hash of the payload for S3: %s', (xAmzContentSha256, hash) => {
    const s3 = credentials('aws4-hmac-sha256', { ...AWS, doubleEncode: false, xAmzContentSha256 });
    const signed = signatureOf(request({ path: '/a%3Ab' }), 'bucket', s3, NOW);
    expect(signed).toMatchObject({ 'x-amz-content-sha256': hash });
    expect(signed['authorization']).toContain('SignedHeaders=host;x-amz-content-sha256, ');
  });

  it('are those of Azure Monitor', () => {
    const key = Buffer.from('a key');
    const monitor = credentials('az-monitor-2016-04-01', { workspaceId: 'w', sharedKey: key.toString('base64') });
    const signed = signatureOf(
      request({
        method: 'POST',
        path: '/api/logs',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{}'),
      }),
      'host',
      monitor,
      NOW,
    );
    const text = 'POST\n2\napplication/json\nx-ms-date:Sun, 30 Aug 2015 12:36:00 GMT\n/api/logs';
    const signature = createHmac('sha256', key).update(text).digest('base64');
    expect(signed).toEqual({
      'x-ms-date': 'Sun, 30 Aug 2015 12:36:00 GMT',
      authorization: `SharedKey w:${signature}`,
    });
  });

  it('are those of Azure shared access, for seven days or as long as is said', () => {
    const parameters = { sharedKeyName: 'name', sharedKey: 'a2V5', endpoint: 'https://ns/queue' };
    const signed = (more: JsonObject = {}) =>
      signatureOf(request(), 'host', credentials('az-sasl', { ...parameters, ...more }), NOW)['authorization'];
    const seconds = NOW / 1_000 + 604_800;
    const signature = createHmac('sha256', 'key').update(`https%3A%2F%2Fns%2Fqueue\n${seconds}`).digest('base64');
    expect(signed()).toBe(
      `SharedAccessSignature sr=https%3A%2F%2Fns%2Fqueue&sig=${encodeURIComponent(signature)}&se=${seconds}&skn=name`,
    );
    expect(signed({ ttl: '10m' })).toContain(`&se=${NOW / 1_000 + 600}&`);
  });
});
