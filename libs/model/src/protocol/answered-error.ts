import { GemelError } from '../errors/index.js';
import { isJsonObject, member } from '../json/index.js';
import type { LiveAnswer } from './live-signals.js';

/** The refusal that a device answers with, on its way to the caller. */
export class AnsweredError extends GemelError {
  override readonly name = 'AnsweredError';
  readonly code: string;
  readonly status: number;

  constructor({ status, envelope: { value } }: LiveAnswer) {
    const error = isJsonObject(value) ? value : {};
    const text = (name: string): string | undefined => {
      const part = member(error, name);
      return typeof part === 'string' ? part : undefined;
    };
    const description = text('description');
    super({ message: text('message') ?? '', ...(description === undefined ? undefined : { description }) });
    this.code = text('error') ?? 'unknown';
    // 502 is for a server that stops (contract 2.1).
    this.status = status >= 400 && status !== 502 ? status : 500;
  }
}
