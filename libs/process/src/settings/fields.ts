import { z } from 'zod';

/** 0 takes a free one. */
export function port(usual: number) {
  return z.coerce.number().int().min(0).max(65_535).default(usual);
}

export function bytes(usual: number) {
  return z.coerce.number().int().min(1024).max(Number.MAX_SAFE_INTEGER).default(usual);
}

export function flag(usual: boolean) {
  return z
    .enum(['true', 'false'])
    .default(usual ? 'true' : 'false')
    .transform((text) => text === 'true');
}

/** Comma-separated items. */
export function list(usual: string) {
  return z.string().default(usual).transform(itemsOf);
}

/** Comma-separated items, one at least; has no default. */
export function requiredList() {
  return z
    .string()
    .transform(itemsOf)
    .refine((items) => items.length > 0, { message: 'name one at least' });
}

function itemsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
