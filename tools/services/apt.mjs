import { execFileSync, spawnSync } from 'node:child_process';
import { buildStep } from './build-step.mjs';

/** Servers are where not every user looks. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Installs the Debian packages of those `packages` (package by program) whose program is not there. */
export async function installPackages(packages) {
  const missing = Object.entries(packages).filter(([program]) => programPath(program) === undefined);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(([, name]) => name))];
  const step = {
    name: 'apt',
    label: `installing ${names.join(', ')}`,
    hint: `Install ${names.join(', ')} by hand (they need root), then try again.`,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  };
  const apt = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
  await buildStep({ ...step, label: 'reading the lists of packages' }, 'apt-get', [...apt, 'update']);
  await buildStep(step, 'apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...names]);
}

/** The Debian mirror that apt itself uses. */
export function debianMirror() {
  const format = '$(LABEL) $(SITE)';
  const lists = execFileSync('apt-get', ['indextargets', '--format', format], { encoding: 'utf8' }).split('\n');
  const mirror = lists.find((line) => line.startsWith('Debian '))?.slice('Debian '.length);
  if (mirror !== undefined) return mirror;
  throw new Error("mongodb: apt has no mirror of Debian. Run 'apt-get update', or give a server by MONGODB_URL.");
}

/** Where a program of a package is; undefined when it is not installed. */
export function programPath(program) {
  const env = { ...process.env, PATH };
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { env, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
