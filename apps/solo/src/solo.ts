import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { registerRoutes, serverOptions } from '@gemel/api/http';
import type { HttpFrame, Route } from '@gemel/api/http';
import type { Logger } from '@gemel/application/ports';
import { randomIds } from '@gemel/wiring';
import type { Core } from '@gemel/wiring';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from './config.js';
import type { Devices } from './devices.js';
import { PARTS, SoloModule } from './solo-module.js';
import type { Addresses } from './welcome.js';

/** A running Gemel. */
export interface Solo {
  readonly addresses: Addresses;
  readonly core: Core;
  readonly devices: Devices;
  /** Answers what is under way, writes what is queued, closes the files. */
  close(): Promise<void>;
}

/** The HTTP port is not to be had. */
export class HttpPortTaken extends Error {
  constructor(host: string, port: number, cause: unknown) {
    super(`Port ${String(port)} on ${host} is in use. Stop what uses it, or set GEMEL_HTTP_PORT to another port.`, {
      cause,
    });
  }
}

/** @throws HttpPortTaken, PortTaken, FolderInUse, and what the store throws for files it cannot read */
export async function startSolo(settings: Settings, log: Logger): Promise<Solo> {
  const adapter = new FastifyAdapter(serverOptions(randomIds, { maxBodyBytes: settings.GEMEL_REQUEST_MAX_BYTES }));
  const app = await NestFactory.create<NestFastifyApplication>(SoloModule.with(settings, log), adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  try {
    await registerRoutes(
      app.getHttpAdapter().getInstance(),
      app.get<readonly Route[]>(PARTS.routes),
      app.get<HttpFrame>(PARTS.frame),
    );
    const devices = app.get<Devices>(PARTS.devices);
    app.getHttpServer().on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      upgrade(devices, request, socket, head);
    });
    await listen(app, settings);
    const host = settings.GEMEL_HTTP_HOST.includes(':') ? `[${settings.GEMEL_HTTP_HOST}]` : settings.GEMEL_HTTP_HOST;
    return {
      addresses: {
        http: `http://${host}:${portOf(app)}`,
        mqtt: `mqtt://${settings.GEMEL_MQTT_HOST}:${String(devices.broker.port)}`,
      },
      core: app.get<Core>(PARTS.core),
      devices,
      close: () => app.close(),
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listen(app: NestFastifyApplication, settings: Settings): Promise<void> {
  try {
    await app.listen(settings.GEMEL_HTTP_PORT, settings.GEMEL_HTTP_HOST);
  } catch (error) {
    if (isCode(error, 'EADDRINUSE')) throw new HttpPortTaken(settings.GEMEL_HTTP_HOST, settings.GEMEL_HTTP_PORT, error);
    throw error;
  }
}

function portOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  return address === null || typeof address === 'string' ? '' : String(address.port);
}

/** MQTT over WebSocket is the one upgrade there is. */
function upgrade({ broker }: Devices, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (request.url?.split('?')[0] === '/mqtt') broker.handleWebSocket(request, socket, head);
  else socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
