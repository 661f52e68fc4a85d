import request from 'supertest';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
});
afterAll(() => api.close());

describe('the API description', () => {
  it('has every route, its path parameters, its answers and its security', async () => {
    const { body } = await request(api.url).get('/openapi.json').expect(200);
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.values<Record<string, unknown>>(body.paths).flatMap((item) => Object.keys(item));
    expect(operations).toHaveLength(api.routes.filter(({ undocumented }) => undocumented !== true).length);
    expect(body.paths['/api/2/things/{thingId}/attributes/{path}'].patch).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'thingId', in: 'path', required: true }),
        expect.objectContaining({ name: 'path', in: 'path', required: true }),
      ]),
      requestBody: { content: { 'application/merge-patch+json': {} } },
      responses: { 204: {}, 401: {}, 403: {}, 404: {}, 412: {}, 415: {} },
      security: [{ basic: [] }],
    });
    expect(body.paths['/health'].get.security).toEqual([]);
  });

  it('has a name of its own for each operation, and no reference to nothing', async () => {
    const { body, text } = await request(api.url).get('/openapi.json').expect(200);
    const ids = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
      expect(body.components.schemas).toHaveProperty(name);
  });
});

describe('the pages', () => {
  it.each(['/', '/apidoc', '/apidoc/', '/docs', '/docs/'])('%s loads nothing from elsewhere', async (path) => {
    const page = await request(api.url).get(path).expect(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.text).not.toMatch(/(?:src|href)="?https?:/);
  });

  it('find the files they load', async () => {
    const page = await request(api.url).get('/apidoc/').expect(200);
    const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) await request(api.url).get(file).expect(200);
  });

  it.each(['/apidoc/package.json', '/apidoc/..%2Fpackage.json', '/apidoc/%2e%2e'])('do not serve %s', async (path) => {
    await request(api.url).get(path).expect(404);
  });
});
