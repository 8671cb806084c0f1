import { createHmac } from 'node:crypto';
import type { Chance } from '../../../faults/results/chance.ts';

/** What is known where a request arrives. */
export interface ArrivedRequest {
  readonly header: string | undefined;
  readonly body: Buffer;
  /** The secrets that are live. */
  readonly secrets: readonly string[];
  readonly now: Date;
}

/** A request as the provider makes it, and what only the provider and we know of it. */
export interface GenuineRequest extends ArrivedRequest {
  readonly header: string;
  readonly secret: string;
  readonly atSeconds: number;
  /** 64 hexadecimal digits. */
  readonly digest: string;
}

/** Makes another request of a genuine one; what it leaves out stays as it was. */
export type Mutation = (request: GenuineRequest, chance: Chance) => Partial<ArrivedRequest>;

/** Mutations by name; a name goes on from `with`. */
export type Mutations = Readonly<Record<string, Mutation>>;

const HEX = [...'0123456789abcdef'] as [string, ...string[]];
const WINDOW_MS = 300_000;

/** A request that has to be taken: any time, any batch, one or two live secrets, anywhere in the window. */
export function genuineRequest(chance: Chance): GenuineRequest {
  const atSeconds = chance.whole(1_600_000_000, 2_000_000_000);
  const secret = `whsec_${hexOf(chance, 32)}a`;
  const other = `whsec_${hexOf(chance, 32)}b`;
  const secrets = chance.pick([[secret], [secret, other], [other, secret]]);
  const id = hexOf(chance, 24);
  const body = Buffer.from(
    `{"type":"analyze.batch.completed", "data":{"id":"${id}","note":"Köln"}}`,
  );
  const digest = digestOf(secret, `${atSeconds}.`, body);
  const header = `t=${atSeconds},v1=${digest}`;
  const now = new Date(atSeconds * 1000 + chance.whole(-WINDOW_MS, WINDOW_MS));
  return { header, body, secrets, now, secret, atSeconds, digest };
}

/** HMAC-SHA256 over the parts one after the other, in hexadecimal. */
export function digestOf(secret: string, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

/** So many hexadecimal digits. */
export function hexOf(chance: Chance, digits: number): string {
  return Array.from({ length: digits }, () => chance.pick(HEX)).join('');
}

/** The digits with one of them another. */
export function withDigitChanged(digits: string, at: number, chance: Chance): string {
  const others = HEX.filter((digit) => digit !== digits[at]) as [string, ...string[]];
  return `${digits.slice(0, at)}${chance.pick(others)}${digits.slice(at + 1)}`;
}
