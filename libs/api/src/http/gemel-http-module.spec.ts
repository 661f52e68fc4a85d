import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Registry } from 'prom-client';
import request from 'supertest';
import { GemelHttpModule, HttpMetrics, createHttpAdapter, defineRoute, jsonReply } from './index.js';

const ids = { uuid: () => 'c0ffee' };
const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const GREETING = Symbol('greeting');

@Module({ providers: [{ provide: GREETING, useValue: 'hello' }], exports: [GREETING] })
class GreetingModule {}

const http = GemelHttpModule.forRoot({
  imports: [GreetingModule],
  inject: [GREETING],
  useFactory: (greeting: string) => ({
    frame: { authenticators: [], ids, log, metrics: new HttpMetrics(new Registry()) },
    routes: [
      defineRoute({
        method: 'PUT',
        path: '/greet/:name',
        summary: 'Greet',
        tag: 'Test',
        access: 'none',
        body: { description: 'Anything.', mediaTypes: ['application/json'] },
        responses: { 200: { description: 'The greeting.' } },
        handler: (api) => jsonReply(200, [greeting, api.param('name'), api.json()]),
      }),
    ],
  }),
});

@Module({ imports: [http] })
class AppModule {}

describe('GemelHttpModule', () => {
  it('serves the routes that a factory makes from what the modules provide', async () => {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest means a plain object
    const app = await NestFactory.create(AppModule, createHttpAdapter(ids), { bodyParser: false, logger: false });
    await app.listen(0, '127.0.0.1');
    try {
      const url = await app.getUrl();
      await request(url)
        .put('/greet/a%20b')
        .set('content-type', 'application/json')
        .send('{"__proto__":1}')
        .expect(200, '["hello","a b",{"__proto__":1}]');
      await request(url).get('/greet/a').expect(405);
      const unknown = await request(url).get('/nowhere').expect(404);
      expect(unknown.body.error).toBe('gemel:route.notfound');
      await request(url).get('/greet/%').expect(400);
    } finally {
      await app.close();
    }
  });
});
