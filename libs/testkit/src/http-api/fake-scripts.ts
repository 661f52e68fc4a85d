import type { MappingScripts } from '@gemel/application/ports';
import { MessageMapperConfigFailed, dittoMapper } from '@gemel/model/mapping';

/** Scripts that are not run: what says `broken` cannot be, and all others map as `Ditto` does. */
export function fakeScripts(): Promise<MappingScripts> {
  return Promise.resolve({
    open: ({ incoming = '', outgoing = '' }, name) =>
      `${incoming}${outgoing}`.includes('broken')
        ? Promise.reject(new MessageMapperConfigFailed(name, 'it is broken (line 1)'))
        : Promise.resolve({ ...dittoMapper, close: () => undefined }),
  });
}
