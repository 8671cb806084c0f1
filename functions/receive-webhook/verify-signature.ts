import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the sender's clock may be from ours, either way (TwelveLabs: Webhooks, verify signatures). */
export const TOLERANCE_SECONDS = 300;
/** A time and one signature take some 80 characters; several of them may stand in a header. */
const MAX_HEADER_CHARACTERS = 2_000;

export type SignatureVerdict = 'valid' | 'missing' | 'malformed' | 'outside_window' | 'mismatch';

/**
 * Whether `TL-Signature: t=<unix seconds>,v1=<hex>` was made for these very bytes with one of the
 * secrets: `v1` is HMAC-SHA256 over `t`, a full stop and the raw body. Compared in constant time;
 * elements may come in any order, and several `v1` mean that one of them must hold. An empty secret,
 * with which anybody could sign, is none.
 */
export function verifySignature(
  header: string | undefined,
  body: Uint8Array,
  secrets: readonly string[],
  now: Date,
): SignatureVerdict {
  if (!header) return 'missing';
  if (header.length > MAX_HEADER_CHARACTERS) return 'malformed';
  const elements = header.split(',').map((element) => element.trim());
  const timestamps = elements.filter((it) => /^t=\d{1,12}$/.test(it));
  const signatures = elements.filter((it) => /^v1=[0-9a-f]{64}$/.test(it));
  const [timestamp] = timestamps;
  if (!timestamp || timestamps.length > 1 || signatures.length === 0) return 'malformed';
  const sentAt = timestamp.slice('t='.length);
  if (Math.abs(now.getTime() / 1000 - Number(sentAt)) > TOLERANCE_SECONDS) return 'outside_window';
  const expected = secrets
    .filter((secret) => secret.length > 0)
    .map((secret) => createHmac('sha256', secret).update(`${sentAt}.`).update(body).digest());
  const given = signatures.map((it) => Buffer.from(it.slice('v1='.length), 'hex'));
  const matches = given.filter(
    (it) => expected.filter((own) => timingSafeEqual(own, it)).length > 0,
  );
  return matches.length > 0 ? 'valid' : 'mismatch';
}
