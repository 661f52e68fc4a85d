import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '@gemel/application/ports';

/** Cost as a power of two: 16 MiB and tens of milliseconds. */
const COST = 14;
const BLOCK = 8;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Above what anybody would choose: a stored hash must not make the process run out of memory. */
const MAX_COST = 17;

/** Hashes by scrypt: `scrypt:<cost>:<salt>:<key>`, salt and key in base64. */
export function scryptHasher(): PasswordHasher {
  const secret = randomBytes(32);
  return {
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES);
      const key = await derive(password, salt, COST);
      return ['scrypt', COST, salt.toString('base64'), key.toString('base64')].join(':');
    },
    verify: async (password, hash) => {
      const [way, cost = '', salt = '', key = ''] = hash.split(':');
      if (way !== 'scrypt' || !/^\d{1,2}$/.test(cost) || Number(cost) > MAX_COST) return false;
      const expected = Buffer.from(key, 'base64');
      if (expected.length !== KEY_BYTES) return false;
      return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64'), Number(cost)), expected);
    },
    mark: (password) => createHmac('sha256', secret).update(password).digest('base64'),
  };
}

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: 2 ** cost, r: BLOCK, p: 1, maxmem: 256 * 2 ** cost * BLOCK };
    scrypt(password, salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
