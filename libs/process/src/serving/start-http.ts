import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { registerRoutes, serverOptions } from '@gemel/api/http';
import type { HttpFrame, Route } from '@gemel/api/http';
import { randomIds } from '@gemel/wiring';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LifeCycle } from '../running/index.js';
import { PARTS } from './parts.js';

export interface ListenSettings {
  readonly GEMEL_HTTP_HOST: string;
  readonly GEMEL_HTTP_PORT: number;
  readonly GEMEL_REQUEST_MAX_BYTES: number;
  readonly GEMEL_TRUST_FORWARDED: boolean;
}

/** A process that answers over HTTP. */
export interface HttpProcess {
  /** For example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Where its parts are. */
  readonly app: Pick<NestFastifyApplication, 'get'>;
  /** Answers what is under way, ends all parts in the order of the data. */
  close(): Promise<void>;
  closing(): readonly string[];
}

/** The HTTP port is not to be had. */
export class HttpPortTaken extends Error {
  constructor(host: string, port: number, cause: unknown) {
    super(`Port ${String(port)} on ${host} is in use. Stop what uses it, or set GEMEL_HTTP_PORT to another port.`, {
      cause,
    });
  }
}

/** Takes over a connection that asks for another protocol. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Makes the module's parts and serves its `PARTS.routes` within its `PARTS.frame`; its `LifeCycle` starts the rest.
 * @param upgradeOf who takes connections that ask for another protocol; they are refused without
 * @throws HttpPortTaken, and what the parts throw
 */
export async function startHttp(
  module: DynamicModule,
  settings: ListenSettings,
  upgradeOf?: (app: HttpProcess['app']) => Upgrade,
): Promise<HttpProcess> {
  const limits = {
    maxBodyBytes: settings.GEMEL_REQUEST_MAX_BYTES,
    trustsForwarded: settings.GEMEL_TRUST_FORWARDED,
  };
  const adapter = new FastifyAdapter(serverOptions(randomIds, limits));
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  try {
    const frame = app.get<HttpFrame>(PARTS.frame);
    await registerRoutes(app.getHttpAdapter().getInstance(), app.get<readonly Route[]>(PARTS.routes), frame);
    if (upgradeOf !== undefined) app.getHttpServer().on('upgrade', upgradeOf(app));
    await listen(app, settings);
    const lifeCycle = app.get(LifeCycle);
    lifeCycle.started();
    const { GEMEL_HTTP_HOST: host } = settings;
    return {
      url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(app)}`,
      app,
      close: () => app.close(),
      closing: () => lifeCycle.closing,
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listen(
  app: NestFastifyApplication,
  { GEMEL_HTTP_HOST: host, GEMEL_HTTP_PORT: port }: ListenSettings,
): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new HttpPortTaken(host, port, error);
    throw error;
  }
}

function portOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  return address === null || typeof address === 'string' ? '' : String(address.port);
}
