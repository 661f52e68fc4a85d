import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statfsSync } from 'node:fs';

const BYTES_OF_MEGABYTE = 2 ** 20;

/** A disk of its own for what is in one folder. */
export interface SmallDisk {
  /** In megabytes. */
  used(): number;
  resize(megabytes: number): void;
  /** What is on it is gone. */
  unmount(): void;
}

const mounted = new Set<string>();

// What a failed test left behind must not keep the folder from being deleted.
afterAll(() => {
  for (const folder of mounted) unmount(folder);
});

/** Mounting takes root. @param folder that is there; what is in it is moved onto the disk */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk {
  const before = `${folder}.before`;
  renameSync(folder, before);
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', folder]);
  mounted.add(folder);
  execFileSync('cp', ['--archive', '--no-target-directory', before, folder]);
  rmSync(before, { recursive: true });
  return {
    used: () => {
      const { blocks, bfree, bsize } = statfsSync(folder);
      return ((blocks - bfree) * bsize) / BYTES_OF_MEGABYTE;
    },
    resize: (size) => {
      execFileSync('mount', ['-o', `remount,size=${String(size)}m`, folder]);
    },
    unmount: () => {
      unmount(folder);
    },
  };
}

function unmount(folder: string): void {
  mounted.delete(folder);
  execFileSync('umount', ['--lazy', folder]);
}
