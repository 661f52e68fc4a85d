import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { OpenHttpApi } from './open-http-api.js';

const DITTO = parseSubjectId('nginx:ditto');

/** Someone who gets live signals and answers them in the Ditto Protocol. */
export class MessageDevice {
  readonly got: JsonObject[] = [];
  /** Makes of a signal what is sent back; undefined sends nothing. */
  answer: (signal: JsonObject) => JsonObject | readonly JsonObject[] | undefined = () => undefined;

  constructor(
    private readonly api: Pick<OpenHttpApi, 'live' | 'ingest'>,
    readonly subject = DITTO,
  ) {
    api.live.hub.subscribe({
      name: 'device',
      subjects: [subject],
      wants: () => true,
      next: ({ envelope }) => {
        this.got.push(envelope);
        const answers = this.answer(envelope);
        for (const each of answers === undefined ? [] : [answers].flat()) void this.send(each);
      },
    });
  }

  async send(envelope: JsonObject | string): Promise<void> {
    const text = typeof envelope === 'string' ? envelope : JSON.stringify(envelope);
    const payload = new TextEncoder().encode(text);
    await this.api.ingest.handle({ address: 'telemetry/car', payload, subjects: [this.subject], headers: {} });
  }

  replies(status: number, value?: JsonValue, contentType?: string): void {
    this.answer = ({ topic, path, headers }) => ({
      topic: topic ?? '',
      path: path ?? '',
      headers: {
        'correlation-id': (headers as JsonObject)['correlation-id'] ?? '',
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      status,
      ...(value === undefined ? {} : { value }),
    });
  }
}
