import request from 'supertest';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

describe('Operations: /health and others', () => {
  it('tell whoever asks whether the process lives', async () => {
    await request(api.url).get('/alive').expect(200, { status: 'UP' });
    api.health.up = false;
    await request(api.url).get('/alive').expect(503, { status: 'DOWN' });
  });

  it('tell whoever asks whether requests should come here', async () => {
    await request(api.url).get('/ready').expect(200, { status: 'UP' });
    await request(api.url).get('/health').expect(200, { status: 'UP' });
    api.health.ready = false;
    await request(api.url).get('/ready').expect(503, { status: 'DOWN' });
    await request(api.url).get('/health').expect(503, { status: 'DOWN' });
    await request(api.url).get('/alive').expect(200);
  });

  it('tell users who they are', async () => {
    const whoami = await request(api.url).get('/api/2/whoami').auth('ditto', 'ditto').expect(200);
    expect(whoami.body).toEqual({ defaultSubject: 'nginx:ditto', subjects: ['nginx:ditto'] });
    await request(api.url).get('/api/2/whoami').expect(401);
  });

  it('show durations by route to Prometheus, never by path', async () => {
    await request(api.url).get('/api/2/things/a:secret').auth('ditto', 'ditto').expect(404);
    const metrics = await request(api.url).get('/metrics').expect(200);
    expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
    expect(metrics.text).toContain(
      'gemel_http_request_duration_seconds_count{method="GET",route="/api/2/things/:thingId",status="404"} 1',
    );
    expect(metrics.text).toMatch(
      /_bucket\{method="GET",route="\/api\/2\/things\/:thingId",status="404",le="\+Inf"\} 1\n/,
    );
    expect(metrics.text).toContain('process_cpu_seconds_total');
    expect(metrics.text).not.toContain('secret');
  });

  it('show failures of device messages to operators only', async () => {
    await request(api.url)
      .get('/devops/ingest/failures')
      .auth('devops', 'devops')
      .expect(200, [{ code: 'json.invalid' }]);
    await request(api.url).get('/devops/ingest/failures').auth('ditto', 'ditto').expect(401);
  });
});
