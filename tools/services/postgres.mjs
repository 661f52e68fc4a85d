// PostgreSQL 18 with DocumentDB, as Debian packages it, in a root folder of its own.
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirror } from './apt.mjs';
import { buildStep } from './build-step.mjs';
import { cached } from './cache.mjs';
import { runCommand } from './run-command.mjs';
import { waitUntil } from './wait-until.mjs';

const PROGRAMS = '/usr/lib/postgresql/18/bin';
/** Where the instance's folder is seen inside the root. */
const MOUNTED = '/srv';
const READY_SECONDS = 60;
/** Of one that was killed, children may be there for some seconds; the next one refuses to start until they are gone. */
const GIVE_WAY_SECONDS = 15;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_preload_libraries: 'pg_cron,pg_documentdb_core,pg_documentdb',
  'cron.database_name': 'postgres',
  'cron.host': '127.0.0.1',
  'cron.log_statement': 'off', // each index is built by several jobs
  'cron.log_run': 'off',
  dynamic_shared_memory_type: 'mmap', // there is no /dev/shm
  shared_buffers: '64MB',
  max_connections: '200',
};

/** The folder with its programs; made the first time, which needs root. */
export function documentDbRoot() {
  return cached('documentdb', 'postgresql-18', async (partial) => {
    if (process.getuid?.() !== 0) {
      throw new Error('mongodb: unpacking PostgreSQL needs root. Run it as root, or give a server by MONGODB_URL.');
    }
    await buildStep(
      {
        name: 'mongodb',
        label: 'unpacking PostgreSQL 18 with DocumentDB by debootstrap (once, some minutes)',
        hint: 'See the log for the package that could not be had, then try again, or give a server by MONGODB_URL.',
      },
      'debootstrap',
      ['--variant=minbase', '--include=postgresql-18-documentdb,ca-certificates', 'sid', partial, debianMirror()],
    );
  });
}

/** Answers the URL of a PostgreSQL that has the extension and accepts commands. */
export async function startPostgres(instance, root) {
  const data = join(instance.folder, 'postgres');
  if (!existsSync(join(data, 'data'))) await initialise(data, root);
  const port = String(instance.ports.postgres);
  const settings = Object.entries({ ...SETTINGS, port }).flatMap((pair) => ['-c', pair.join('=')]);
  const command = inRoot(root, data, 'postgres', '-D', `${MOUNTED}/data`, ...settings);
  const sql = 'CREATE EXTENSION IF NOT EXISTS documentdb CASCADE';
  const begin = performance.now();
  const ready = async () => {
    if (!instance.isUp) {
      await instance.stop();
      await instance.launch('postgres', ...command, { stopSignal: 'SIGINT' }); // SIGTERM waits for its clients to go
    }
    await run(root, data, 'psql', '-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-q', '-c', sql);
  };
  await waitUntil('PostgreSQL', ready, {
    seconds: READY_SECONDS,
    stillHopeful: () => instance.isUp || performance.now() - begin < GIVE_WAY_SECONDS * 1000,
  });
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/** Renamed at the end: what was interrupted is not taken for a database. */
async function initialise(data, root) {
  rmSync(join(data, 'new'), { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const [, , uid, gid] = /^postgres:.*$/m.exec(readFileSync(join(root, 'etc/passwd'), 'utf8'))[0].split(':');
  chownSync(data, Number(uid), Number(gid));
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8'];
  await run(root, data, 'initdb', '-D', `${MOUNTED}/new`, ...options);
  renameSync(join(data, 'new'), join(data, 'data'));
}

async function run(root, data, program, ...args) {
  const [command, all] = inRoot(root, data, program, ...args);
  try {
    await runCommand(command, all);
  } catch (error) {
    throw new Error(`${program}: ${String(error.stderr).trim() || error.message}`, { cause: error });
  }
}

/** The command for a program in the root, as its user postgres; the mount is its own and goes with it. What is mounted below the data is seen, too. */
function inRoot(root, data, program, ...args) {
  const script = `mount --rbind "$1" "$2${MOUNTED}" && shift && exec chroot --userspec=postgres:postgres "$@"`;
  const inside = [root, `${PROGRAMS}/${program}`, ...args];
  return ['unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', data, ...inside]];
}
