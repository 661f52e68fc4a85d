import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AdjustableLogger } from '@gemel/process/running';
import { PARTS, startHttp } from '@gemel/process/serving';
import type { HttpProcess } from '@gemel/process/serving';
import type { Core } from '@gemel/wiring';
import type { Settings } from './config.js';
import type { Devices } from './devices.js';
import { DEVICES, SoloModule } from './solo-module.js';
import type { Addresses } from './welcome.js';

/** A running Gemel; closing it answers what is under way, writes what is queued, closes the files. */
export interface Solo extends Pick<HttpProcess, 'close' | 'closing'> {
  readonly addresses: Addresses;
  readonly core: Core;
  readonly devices: Devices;
}

/** @throws HttpPortTaken, PortTaken, FolderInUse, and what the store throws for files it cannot read */
export async function startSolo(settings: Settings, log: AdjustableLogger): Promise<Solo> {
  const http = await startHttp(SoloModule.with(settings, log), settings, (app) => {
    const devices = app.get<Devices>(DEVICES);
    return (request, socket, head) => {
      upgrade(devices, request, socket, head);
    };
  });
  const devices = http.app.get<Devices>(DEVICES);
  return {
    addresses: {
      http: http.url,
      mqtt: `mqtt://${settings.GEMEL_MQTT_HOST}:${String(devices.broker.port)}`,
    },
    core: http.app.get<Core>(PARTS.core),
    devices,
    close: () => http.close(),
    closing: () => http.closing(),
  };
}

/** MQTT over WebSocket is the one upgrade there is. */
function upgrade({ broker }: Devices, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (request.url?.split('?')[0] === '/mqtt') broker.handleWebSocket(request, socket, head);
  else socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
}
