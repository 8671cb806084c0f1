/**
 * Preloaded (`node --import`): every name below `localhost` is this machine, as RFC 6761 has it. The
 * emulated API is `ID.execute-api.localhost`, which not every system's resolver knows.
 */
import dns from 'node:dns';

const { lookup } = dns;

/** The address to look up for a name. */
export function addressOf(hostname: string): string {
  return /(^|\.)localhost\.?$/i.test(hostname) ? '127.0.0.1' : hostname;
}

// `net` asks for the property each time that it connects.
dns.lookup = Object.assign((hostname: string, ...rest: unknown[]) => {
  return Reflect.apply(lookup, dns, [addressOf(hostname), ...rest]);
}, lookup) as typeof lookup;
