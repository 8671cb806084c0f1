import { createHash, createHmac } from 'node:crypto';
import type { Chance } from '../../../faults/results/chance.ts';
import {
  digestOf,
  type GenuineRequest,
  hexOf,
  type Mutation,
  type Mutations,
  withDigitChanged,
} from './genuine-request.ts';

const DIGITS = 64;

/** Signatures that are not the true one, though some come near. */
export const signatureMutations: Mutations = {
  'a digit changed': v1(({ digest }, chance) =>
    withDigitChanged(digest, chance.whole(0, DIGITS - 1), chance),
  ),
  'two digits exchanged': v1(({ digest }, chance) => {
    const at = chance.whole(0, DIGITS - 1);
    const others = [...digest].flatMap((it, to) => (it === digest[at] ? [] : [to]));
    const digits = [...digest];
    const to = chance.pick(others as [number, ...number[]]);
    return digits
      .with(at, digest[to] ?? '')
      .with(to, digest[at] ?? '')
      .join('');
  }),
  'the end of the signature cut off': v1(({ digest }, chance) =>
    digest.slice(0, chance.whole(0, DIGITS - 1)),
  ),
  'the beginning of the signature cut off': v1(({ digest }, chance) =>
    digest.slice(chance.whole(1, DIGITS)),
  ),
  'digits behind the signature': v1(
    ({ digest }, chance) => digest + hexOf(chance, chance.whole(1, DIGITS)),
  ),
  'digits before the signature': v1(
    ({ digest }, chance) => hexOf(chance, chance.whole(1, DIGITS)) + digest,
  ),
  'the right beginning and a wrong rest': v1(({ digest }, chance) => {
    const right = chance.whole(1, DIGITS - 1);
    return digest.slice(0, right) + wrongRest(digest.slice(right), chance);
  }),
  'a wrong beginning and the right rest': v1(({ digest }, chance) => {
    const wrong = chance.whole(1, DIGITS - 1);
    return wrongRest(digest.slice(0, wrong), chance) + digest.slice(wrong);
  }),
  'any 64 digits': v1((_, chance) => hexOf(chance, DIGITS)),
  zeros: v1(() => '0'.repeat(DIGITS)),
  'many near misses': ({ atSeconds, digest }, chance) => {
    const misses = Array.from({ length: chance.whole(2, 20) }, () =>
      withDigitChanged(digest, chance.whole(0, DIGITS - 1), chance),
    );
    return { header: `t=${atSeconds},${misses.map((it) => `v1=${it}`).join(',')}` };
  },
  'halves of the signature in two parts': ({ atSeconds, digest }, chance) => {
    const at = chance.whole(1, DIGITS - 1);
    return { header: `t=${atSeconds},v1=${digest.slice(0, at)},v1=${digest.slice(at)}` };
  },
  'the same bytes in base64': v1(({ digest }) => Buffer.from(digest, 'hex').toString('base64')),
  'a hash that takes no secret': v1(({ atSeconds, body }) =>
    createHash('sha256').update(`${atSeconds}.`).update(body).digest('hex'),
  ),
  'a longer hash cut to size': v1(({ atSeconds, secret, body }) => {
    const hmac = createHmac('sha512', secret).update(`${atSeconds}.`).update(body);
    return hmac.digest('hex').slice(0, DIGITS);
  }),
  'something else signed': v1(({ atSeconds, secret, body }, chance) => {
    const forms = [`${body}`, `${atSeconds}${body}`, `${atSeconds}:${body}`] as const;
    const more = [`${body}.${atSeconds}`, `.${body}`, `${atSeconds}.`, ''] as const;
    return digestOf(secret, chance.pick([...forms, ...more]));
  }),
  'another secret': v1(({ atSeconds, body }, chance) =>
    digestOf(`whsec_${hexOf(chance, 32)}c`, `${atSeconds}.`, body),
  ),
  'an empty secret': v1(({ atSeconds, body }) => digestOf('', `${atSeconds}.`, body)),
  'the secret written otherwise': v1(({ atSeconds, secret, body }, chance) => {
    const forms = [`${secret}\n`, ` ${secret}`, secret.slice(0, -1), secret.slice(6)] as const;
    const more = [secret.toUpperCase(), [...secret].reverse().join('')] as const;
    const coded = Buffer.from(secret).toString(chance.pick(['hex', 'base64']));
    return digestOf(chance.pick([...forms, ...more, coded]), `${atSeconds}.`, body);
  }),
  'no secret that is live': () => ({ secrets: [] }),
  'an empty secret while none is live': ({ atSeconds, body }) => ({
    header: `t=${atSeconds},v1=${digestOf('', `${atSeconds}.`, body)}`,
    secrets: [],
  }),
  'a secret that is live no more': (_, chance) => ({ secrets: [`whsec_${hexOf(chance, 32)}d`] }),
};

/** The true time, and for the signature what `make` makes. */
function v1(make: (request: GenuineRequest, chance: Chance) => string): Mutation {
  return (request, chance) => ({ header: `t=${request.atSeconds},v1=${make(request, chance)}` });
}

/** As many digits, of which at least the first is another. */
function wrongRest(digits: string, chance: Chance): string {
  return withDigitChanged(digits[0] ?? '', 0, chance) + hexOf(chance, digits.length - 1);
}
