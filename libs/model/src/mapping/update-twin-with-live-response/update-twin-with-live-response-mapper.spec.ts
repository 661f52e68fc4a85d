import { mapIn, mapperOf } from '@gemel/testkit/mapping';
import type { JsonValue } from '../../json/index.js';

describe('the mapper UpdateTwinWithLiveResponse', () => {
  const response = {
    topic: 'a/car/things/live/commands/retrieve',
    headers: { 'correlation-id': 'c' },
    path: '/features/f',
    value: { properties: { a: 1 } },
    status: 200,
  };

  it('merges what a device answers into its twin', () => {
    expect(mapIn(mapperOf('UpdateTwinWithLiveResponse'), response)).toEqual([
      {
        topic: 'a/car/things/twin/commands/merge',
        headers: { 'response-required': false, 'if-match': '*', 'correlation-id': 'c-merge-into-twin' },
        path: ['features', 'f'],
        value: { properties: { a: 1 } },
      },
    ]);
  });

  it('takes headers from its options, and leaves in them what does not resolve', () => {
    const put = [
      { key: '*/by', value: '{{ request:subjectId }}' },
      { key: '*/hint', value: '{{ header:hint }}' },
    ];
    const mapper = mapperOf('UpdateTwinWithLiveResponse', { dittoHeadersForMerge: { 'put-metadata': put } });
    expect(mapIn(mapper, response)[0]?.headers).toEqual({
      'put-metadata': [
        { key: '*/by', value: 'nginx:me' },
        { key: '*/hint', value: '{{ header:hint }}' },
      ],
      'correlation-id': 'c-merge-into-twin',
    });
  });

  it.each<[JsonValue]>([
    ['no JSON'],
    [{ ...response, topic: 'a/car/things/twin/commands/retrieve' }],
    [{ ...response, topic: 'a/car/things/live/commands/modify' }],
    [{ ...response, topic: 'a/car/things/live/messages/x' }],
    [{ ...response, topic: 'a/_/things/live/commands/retrieve' }],
    [{ ...response, status: 404 }],
    [{ ...response, status: null }],
    [{ topic: response.topic, path: '/', status: 200 }],
  ])('maps %j to nothing', (payload) => {
    expect(mapIn(mapperOf('UpdateTwinWithLiveResponse'), payload)).toEqual([]);
  });
});
