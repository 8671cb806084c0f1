import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type SignatureVerdict,
  TOLERANCE_SECONDS,
  verifySignature,
} from '../../../../functions/receive-webhook/verify-signature.ts';

const SECRET = 'whsec_current';
const OLD_SECRET = 'whsec_previous';
const AT = 1_790_000_000;
const now = new Date(AT * 1000);
const body = Buffer.from('{"type":"analyze.batch.completed","data":{"id":"ü"}}');

const good = sign();
const t = `t=${AT}`;

describe('a signature that the sender made', () => {
  it('as its documentation shows is valid', () => {
    // Worked out with `openssl dgst -sha256 -hmac`, not with the code under test or its like here.
    const header =
      't=1659342128,v1=b11ceacfacba99badf0cd245d8837b04962e3598d25756581e5bf9a51fdd18f3';
    const verdict = verifySignature(
      header,
      Buffer.from('{"id":"whe_1"}'),
      ['secret'],
      new Date(1_659_342_128_000),
    );
    expect(verdict).toBe('valid');
  });

  it.each<[string, string]>([
    ['as it came', `${t},${good}`],
    ['with its parts the other way round', `${good},${t}`],
    ['with spaces around', ` ${t} , ${good} `],
    ['with a tab between', `${t},\t${good}`],
    ['with empty parts', `,${t},,${good},`],
    ['with parts of a later scheme', `${t},v0=abc,v2=${'0'.repeat(128)},${good},x`],
    ['before another that does not hold', `${t},${good},v1=${'0'.repeat(64)}`],
    ['behind another that does not hold', `${t},v1=${'0'.repeat(64)},${good}`],
    ['among those of other secrets', `${t},${sign('a')},${sign('b')},${good},${sign('c')}`],
    ['twice', `${t},${good},${good}`],
  ])('is valid %s', (_, header) => {
    expect(verdictOn(header)).toBe('valid');
  });

  it.each([SECRET, OLD_SECRET])('with either of two live secrets is valid (%s)', (secret) => {
    expect(verdictOn(`${t},${sign(secret)}`, [SECRET, OLD_SECRET])).toBe('valid');
  });

  it('is valid for any bytes, and for no others', async () => {
    await fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (bytes, others) => {
        const header = `${t},${sign(SECRET, AT, bytes)}`;
        expect(verifySignature(header, bytes, [SECRET], now)).toBe('valid');
        const isSame = Buffer.compare(bytes, others) === 0;
        expect(verifySignature(header, others, [SECRET], now) === 'valid').toBe(isSame);
      }),
    );
  });
});

describe('an attack', () => {
  it.each<[string, string | undefined, SignatureVerdict]>([
    ['no header', undefined, 'missing'],
    ['an empty header', '', 'missing'],
    ['spaces', '   ', 'malformed'],
    ['no time', good, 'malformed'],
    ['no signature', t, 'malformed'],
    ['a time of letters', `t=now,${good}`, 'malformed'],
    ['a time with a fraction', `t=${AT}.0,${good}`, 'malformed'],
    ['a time below nothing', `t=-${AT},${good}`, 'malformed'],
    ['a time in powers', `t=1e9,${good}`, 'malformed'],
    ['a time in hexadecimal', `t=0x6ab1,${good}`, 'malformed'],
    ['a time of other digits', `t=${'١٢٣'},${good}`, 'malformed'],
    ['an endless time', `t=${'9'.repeat(400)},${good}`, 'malformed'],
    ['two times, the right one first', `${t},t=${AT + 1},${good}`, 'malformed'],
    ['two times, the right one last', `t=${AT - 1},${t},${good}`, 'malformed'],
    ['the same time twice', `${t},${t},${good}`, 'malformed'],
    ['a signature in capitals', `${t},v1=${good.slice(3).toUpperCase()}`, 'malformed'],
    ['its name in capitals', `${t},V1=${good.slice(3)}`, 'malformed'],
    ['an empty signature', `${t},v1=`, 'malformed'],
    ['a digit too few', `${t},${good.slice(0, -1)}`, 'malformed'],
    ['a digit too many', `${t},${good}0`, 'malformed'],
    ['no hexadecimal', `${t},v1=${'g'.repeat(64)}`, 'malformed'],
    ['a space inside', `${t},v1= ${good.slice(3)}`, 'malformed'],
    ['an older scheme', `${t},v0=${good.slice(3)}`, 'malformed'],
    ['other separators', `${t};${good}`, 'malformed'],
    ['a line end', `${t}\n${good}`, 'malformed'],
    ['a huge header', `${t},${'x'.repeat(1_000_000)}`, 'malformed'],
    ['dozens of signatures', `${t},${`v1=${'0'.repeat(64)},`.repeat(25)}`, 'mismatch'],
    ['thousands of parts', `${t},${`v1=${'0'.repeat(64)},`.repeat(5_000)}${good}`, 'malformed'],
    ['zeros', `${t},v1=${'0'.repeat(64)}`, 'mismatch'],
    ['another secret', `${t},${sign('whsec_other')}`, 'mismatch'],
    ['no secret', `${t},${sign('')}`, 'mismatch'],
    ['a secret that went out of use', `${t},${sign(OLD_SECRET)}`, 'mismatch'],
    ['a secret with a space', `${t},${sign(`${SECRET} `)}`, 'mismatch'],
    ['the time changed after signing', `t=${AT + 1},${good}`, 'mismatch'],
    ['the time written otherwise', `t=0${AT},${good}`, 'mismatch'],
    ['the body signed without the time', `${t},${hmac(SECRET, body)}`, 'mismatch'],
    ['the other way round', `${t},${hmac(SECRET, `${body}.${AT}`)}`, 'mismatch'],
    ['another body signed', `${t},${sign(SECRET, AT, Buffer.from('{}'))}`, 'mismatch'],
  ])('with %s is refused', (_, header, verdict) => {
    expect(verdictOn(header)).toBe(verdict);
  });

  it('with any byte of the body tampered is refused', () => {
    for (let at = 0; at < body.length; at++) {
      const tampered = Buffer.from(body);
      tampered[at] = (tampered[at] ?? 0) ^ 1;
      expect(verifySignature(`${t},${good}`, tampered, [SECRET], now)).toBe('mismatch');
    }
  });

  it('with any digit of the signature tampered is refused', () => {
    for (let at = 'v1='.length; at < good.length; at++) {
      const tampered = good.slice(0, at) + (good[at] === '0' ? '1' : '0') + good.slice(at + 1);
      expect(verdictOn(`${t},${tampered}`)).toBe('mismatch');
    }
  });

  it.each([
    ['cut', body.subarray(0, -1)],
    ['longer', Buffer.concat([body, Buffer.from(' ')])],
    ['empty', Buffer.alloc(0)],
    ['written otherwise', Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1))],
  ])('with a body that is %s is refused', (_, tampered) => {
    expect(verifySignature(`${t},${good}`, tampered, [SECRET], now)).toBe('mismatch');
  });

  it('is refused while there is no secret at all', () => {
    expect(verdictOn(`${t},${good}`, [])).toBe('mismatch');
  });

  it('with an empty secret is refused, though one is configured: anybody knows it', () => {
    expect(verdictOn(`${t},${sign('')}`, ['', SECRET])).toBe('mismatch');
  });

  it('of arbitrary text is refused, and never throws', async () => {
    const part = fc.oneof(fc.string(), fc.constantFrom(t, 't=', 'v1=', good.slice(0, 40), '='));
    await fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(verdictOn(parts.join(','))).not.toBe('valid');
      }),
    );
  });
});

describe('the window', () => {
  it.each<[number, SignatureVerdict]>([
    [-301, 'outside_window'],
    [-300.001, 'outside_window'],
    [-300, 'valid'],
    [0, 'valid'],
    [300, 'valid'],
    [300.001, 'outside_window'],
    [301, 'outside_window'],
    [365 * 86_400, 'outside_window'],
  ])('%d s after it was signed makes a right signature %s', (seconds, verdict) => {
    const arrived = new Date((AT + seconds) * 1000);
    expect(verifySignature(`${t},${good}`, body, [SECRET], arrived)).toBe(verdict);
  });

  it('is the one that the provider recommends', () => {
    expect(TOLERANCE_SECONDS).toBe(300);
  });
});

function verdictOn(header: string | undefined, secrets = [SECRET]): SignatureVerdict {
  return verifySignature(header, body, secrets, now);
}

function sign(secret = SECRET, at = AT, bytes: Uint8Array = body): string {
  return hmac(secret, Buffer.concat([Buffer.from(`${at}.`), bytes]));
}

function hmac(secret: string, signed: string | Uint8Array): string {
  return `v1=${createHmac('sha256', secret).update(signed).digest('hex')}`;
}
