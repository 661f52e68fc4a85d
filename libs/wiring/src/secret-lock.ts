import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SecretUnreadable } from '@gemel/application/ports';
import type { SecretLock } from '@gemel/application/ports';

const PREFIX = 'gemel-locked:1:';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keys of 32 bytes, in base64. */
export interface LockKeys {
  /** Empty: secrets are stored as they are. */
  readonly current: string;
  /** What was locked with it is still read; empty when there is none. */
  readonly old: string;
}

/** Locks by AES-256-GCM: what was changed meanwhile cannot be unlocked. */
export function aesLock(keys: LockKeys): SecretLock {
  const [current, old] = [keys.current, keys.old].map((text) =>
    text === '' ? undefined : Buffer.from(text, 'base64'),
  );
  const known = [current, old].filter((key) => key !== undefined);
  const opened = (text: string, key: Buffer): string | undefined => {
    const bytes = Buffer.from(text.slice(PREFIX.length), 'base64');
    if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      // Another key's.
      return undefined;
    }
  };
  return {
    lock: (text) => {
      if (current === undefined) return text;
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, current, iv);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return PREFIX + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
    },
    unlock: (text) => {
      if (!text.startsWith(PREFIX)) return text;
      for (const key of known) {
        const plain = opened(text, key);
        if (plain !== undefined) return plain;
      }
      throw new SecretUnreadable('a stored secret was locked with a key that is not known');
    },
    isStale: (text) => {
      const isLocked = text.startsWith(PREFIX);
      return current === undefined ? isLocked : !isLocked || opened(text, current) === undefined;
    },
  };
}
