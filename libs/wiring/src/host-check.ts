import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { ConnectionConfigurationInvalid } from '@gemel/model/connections';
import { valueAt } from '@gemel/model/json';
import type { JsonObject, JsonPointer } from '@gemel/model/json';

type Resolve = (host: string) => Promise<readonly string[]>;

/** Where a connection may say where it goes. */
const PLACES: readonly JsonPointer[] = [
  ['uri'],
  ['sshTunnel', 'uri'],
  ['credentials', 'tokenEndpoint'],
  ['specificConfig', 'bootstrapServers'],
];

interface Blocked {
  readonly names: readonly RegExp[];
  readonly addresses: BlockList;
  readonly ports: ReadonlySet<number>;
}

/**
 * Refuses connections to what is blocked: names with `*` for any beginning, addresses, subnets such as `10.0.0.0/8`,
 * ports such as `:6379`. Names are resolved; one that does not resolve is not refused for that.
 */
export function hostCheck(blocked: readonly string[], resolve: Resolve = resolveName) {
  const rules = readRules(blocked);
  return async (definition: JsonObject): Promise<void> => {
    if (blocked.length === 0) return;
    for (const place of PLACES) {
      for (const { host, port } of hostsIn(valueAt(definition, place))) {
        const isRefused = rules.ports.has(port) || (await isBlocked(host, rules, resolve));
        if (isRefused) throw refusal(definition, place);
      }
    }
  };
}

function readRules(blocked: readonly string[]): Blocked {
  const addresses = new BlockList();
  const names: RegExp[] = [];
  const ports = new Set<number>();
  for (const rule of blocked) {
    const [, network = '', prefix] = /^(.+?)(?:\/(\d{1,3}))?$/.exec(rule) ?? [];
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (/^:\d{1,5}$/.test(rule)) ports.add(Number(rule.slice(1)));
    else if (isIP(network) === 0) names.push(patternOf(rule));
    else if (prefix === undefined) addresses.addAddress(network, family);
    else addresses.addSubnet(network, Number(prefix), family);
  }
  return { names, addresses, ports };
}

function patternOf(name: string): RegExp {
  const escaped = name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 'i');
}

async function isBlocked(host: string, { names, addresses }: Blocked, resolve: Resolve): Promise<boolean> {
  if (names.some((name) => name.test(host))) return true;
  const resolved = isIP(host) === 0 ? await resolve(host) : [host];
  return resolved.some((address) => addresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}

async function resolveName(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

/** Of a URI, or of a list such as `one:9092,two:9092`. */
function hostsIn(value: unknown): readonly { readonly host: string; readonly port: number }[] {
  if (typeof value !== 'string') return [];
  return value.split(',').flatMap((text) => {
    const authority = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^/?#]*@)?([^/?#]*)/i.exec(text.trim())?.[1] ?? '';
    const [, bracketed, plain, port = '0'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(authority) ?? [];
    const host = bracketed ?? plain;
    return host === undefined ? [] : [{ host, port: Number(port) }];
  });
}

function refusal(definition: JsonObject, place: JsonPointer): Error {
  const { id } = definition;
  const name = typeof id === 'string' ? id : '';
  const text = 'names a host or port to which connections are not allowed here';
  return new ConnectionConfigurationInvalid(name, [{ path: `/${place.join('/')}`, text }]);
}
