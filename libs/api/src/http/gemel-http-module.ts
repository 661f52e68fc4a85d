import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, ModuleMetadata, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { IdSource } from '@gemel/application/ports';
import type { HttpFrame } from './frame.js';
import { registerRoutes } from './register-routes.js';
import type { Route } from './route.js';
import { serverOptions } from './server-options.js';
import type { ServerLimits } from './server-options.js';

/** What a process serves over HTTP. */
export interface HttpApi {
  readonly routes: readonly Route[];
  readonly frame: HttpFrame;
}

export interface GemelHttpModuleOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<HttpApi>['useFactory'];
}

const HTTP_API = Symbol('HttpApi');

/**
 * Puts an API's routes on the application's Fastify instance as plain Fastify routes: Nest composes and runs the
 * process, its guards, pipes and interceptors have no part in a request. Needs the adapter of `createHttpAdapter` and
 * `bodyParser: false`.
 */
@Module({})
export class GemelHttpModule implements OnModuleInit {
  constructor(
    @Inject(HTTP_API) private readonly api: HttpApi,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
  ) {}

  static forRoot({ imports = [], inject = [], useFactory }: GemelHttpModuleOptions): DynamicModule {
    return {
      module: GemelHttpModule,
      imports,
      providers: [{ provide: HTTP_API, inject, useFactory }],
    };
  }

  async onModuleInit(): Promise<void> {
    await registerRoutes(this.host.httpAdapter.getInstance(), this.api.routes, this.api.frame);
  }
}

/** The adapter for `NestFactory.create` with the limits and low-level refusals of the API. */
export function createHttpAdapter(ids: IdSource, limits: ServerLimits = {}): FastifyAdapter {
  return new FastifyAdapter(serverOptions(ids, limits));
}
