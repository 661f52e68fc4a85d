// What the servers behind addresses have used of the CPU: mongod, or FerretDB and the PostgreSQL behind it, Kafka, InfluxDB.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const CLOCK_TICK_MS = 10;
const LISTENS = '0A';

/** Answers CPU so far in milliseconds, by program; nothing of a server that is on another machine. */
export function databaseCpu(url) {
  const server = listener(portOf(url));
  if (server === undefined) return () => ({});
  const behind = listener(portOf(/postgresql-url=(\S+?)(?:\0|$)/.exec(commandOf(server))?.[1]));
  const programs = [server, behind].filter((pid) => pid !== undefined);
  return cpuOf(Object.fromEntries(programs.map((pid) => [nameOf(pid), pid])));
}

/** The same for Kafka and InfluxDB, of which there is one each. */
export function followersCpu({ KAFKA_BROKERS, INFLUXDB_URL }) {
  const found = { kafka: listener(portOf(`kafka://${KAFKA_BROKERS}`)), influxd: listener(portOf(INFLUXDB_URL)) };
  return cpuOf(Object.fromEntries(Object.entries(found).filter(([, pid]) => pid !== undefined)));
}

function cpuOf(pids) {
  return () => Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMsWithChildren(pid)]));
}

function portOf(url) {
  const port = /^[^/]*\/\/[^/]*?:(\d+)(?:\/|\?|$)/.exec(url?.replace(/\/\/[^@/]*@/, '//') ?? '')?.[1];
  return port === undefined ? undefined : Number(port);
}

/** The process that listens on the port; the oldest when several share it. */
function listener(port) {
  if (port === undefined) return undefined;
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .map((row) => row.trim().split(/\s+/));
  const found = rows.find(([, address, , state]) => state === LISTENS && address.endsWith(`:${hexadecimal}`));
  if (found === undefined) return undefined;
  return processes().find((pid) => openFiles(pid).includes(`socket:[${found[9]}]`));
}

/** Those that have ended are counted with the one that started them. */
function cpuMsWithChildren(pid) {
  const children = processes().filter((each) => parentOf(each) === pid);
  return ticksOf(pid, 4) + children.reduce((sum, child) => sum + ticksOf(child, 2), 0);
}

/** @param count 2 for its own, 4 with those of its children that ended */
function ticksOf(pid, count) {
  const fields = statOf(pid).slice(11, 11 + count);
  return fields.reduce((sum, ticks) => sum + Number(ticks), 0) * CLOCK_TICK_MS;
}

function parentOf(pid) {
  return Number(statOf(pid)[1]);
}

/** The fields behind the name of the program. */
function statOf(pid) {
  return orElse([], () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' '));
}

function openFiles(pid) {
  const folder = `/proc/${pid}/fd`;
  return orElse([], () => readdirSync(folder).map((name) => orElse('', () => readlinkSync(`${folder}/${name}`))));
}

function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

function commandOf(pid) {
  return orElse('', () => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
}

function nameOf(pid) {
  return orElse('', () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

/** Processes end while one looks at them. */
function orElse(other, look) {
  try {
    return look();
  } catch {
    return other;
  }
}
