import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../setup/lock.mjs';
import { freePort } from './ports.mjs';
import { isRunning, launch, stop } from './processes.mjs';

/**
 * One service in one folder: its data, its logs and a record of its ports and processes. The ports and the secret are
 * chosen once and stay, so that clients find a service again that was stopped and started.
 */
export class Instance {
  #service;
  #record;

  constructor(service, dir) {
    this.#service = service;
    this.folder = join(dir, service.name);
    this.#record = this.#read();
  }

  get ports() {
    return this.#record.ports;
  }

  /** Of this instance only; for a service that wants a password or a token. */
  get secret() {
    return this.#record.secret;
  }

  get processes() {
    return this.#record.processes;
  }

  get exists() {
    return Object.keys(this.ports).length > 0;
  }

  /** Whether it was started and all of it still runs. */
  get isUp() {
    return this.processes.length > 0 && this.processes.every(isRunning);
  }

  /** How clients reach it; empty before it was started for the first time. */
  get environment() {
    return this.exists ? this.#service.environment(this) : {};
  }

  /** Runs `action` while no other process starts or stops this instance, on the newest record. */
  exclusively(action) {
    mkdirSync(this.folder, { recursive: true });
    return withLock(() => {
      this.#record = this.#read();
      return action();
    }, `${this.folder}.lock`);
  }

  async choosePorts() {
    for (const name of this.#service.ports) this.ports[name] ??= await freePort(Object.values(this.ports));
    this.#write();
  }

  /** Recorded at once: what was started is stopped, however the rest goes. */
  async launch(label, command, args, options = {}) {
    const log = join(this.folder, `${label}.log`);
    this.processes.push(await launch({ command, args, log, cwd: this.folder, ...options }));
    this.#write();
  }

  /** The last started first. */
  async stop() {
    for (const process of this.processes.toReversed()) await stop(process);
    this.#record.processes = [];
    this.#write();
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read() {
    const file = this.#file();
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    return { ports: {}, secret: randomBytes(24).toString('hex'), processes: [] };
  }

  /** Never half written: a reader without the lock is told what was or what is. */
  #write() {
    writeFileSync(`${this.#file()}.new`, `${JSON.stringify(this.#record, undefined, 2)}\n`);
    renameSync(`${this.#file()}.new`, this.#file());
  }

  #file() {
    return join(this.folder, 'service.json');
  }
}
