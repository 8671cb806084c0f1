import { digestOf, type Mutations } from './genuine-request.ts';

const TOLERANCE_MS = 300_000;
const DECADE_MS = 10 * 365 * 86_400_000;

/** The digits of other scripts that look like a time, or are one to some parsers. */
const FULL_WIDTH_ZERO = 0xff10;
const ARABIC_ZERO = 0x0660;

/** Times that were not signed, or were signed too long ago or too far ahead. */
export const timeMutations: Mutations = {
  'an arrival long after it was signed': ({ atSeconds }, chance) => ({
    now: new Date(atSeconds * 1000 + chance.whole(TOLERANCE_MS + 1, DECADE_MS)),
  }),
  'an arrival just after the window': ({ atSeconds }, chance) => ({
    now: new Date(atSeconds * 1000 + TOLERANCE_MS + chance.whole(1, 1_000)),
  }),
  'an arrival long before it was signed': ({ atSeconds }, chance) => ({
    now: new Date(atSeconds * 1000 - chance.whole(TOLERANCE_MS + 1, DECADE_MS)),
  }),
  'an arrival just before the window': ({ atSeconds }, chance) => ({
    now: new Date(atSeconds * 1000 - TOLERANCE_MS - chance.whole(1, 1_000)),
  }),
  'the time moved on': ({ atSeconds, digest }, chance) => ({
    header: `t=${atSeconds + chance.whole(1, 10 ** chance.whole(0, 6))},v1=${digest}`,
  }),
  'the time moved back': ({ atSeconds, digest }, chance) => ({
    header: `t=${atSeconds - chance.whole(1, 10 ** chance.whole(0, 6))},v1=${digest}`,
  }),
  'a stale signature and the time of now': ({ atSeconds, digest }, chance) => {
    const now = new Date(atSeconds * 1000 + chance.whole(1_000, DECADE_MS));
    return { now, header: `t=${Math.floor(now.getTime() / 1000)},v1=${digest}` };
  },
  'the time in milliseconds, and signed so': ({ atSeconds, secret, body }) => ({
    header: `t=${atSeconds}000,v1=${digestOf(secret, `${atSeconds}000.`, body)}`,
  }),
  'a later time beside the signed one': ({ atSeconds, digest }, chance) => {
    const [t, later] = [`t=${atSeconds}`, `t=${atSeconds + chance.whole(1, 10_000)}`];
    return { header: chance.shuffled([t, later, `v1=${digest}`]).join(',') };
  },
  'the time written otherwise': ({ atSeconds, digest }, chance) => {
    const hex = atSeconds.toString(16);
    const forms = [`0${atSeconds}`, `+${atSeconds}`, `-${atSeconds}`, `${atSeconds}.0`] as const;
    const more = [`${atSeconds}e0`, `0x${hex}`, hex, ` ${atSeconds}`, `${atSeconds}n`] as const;
    return { header: `t=${chance.pick([...forms, ...more])},v1=${digest}` };
  },
  'the time in digits of another script': ({ atSeconds, digest }, chance) => {
    const zero = chance.pick([FULL_WIDTH_ZERO, ARABIC_ZERO]);
    const digits = [...String(atSeconds)].map((it) => String.fromCodePoint(zero + Number(it)));
    return { header: `t=${digits.join('')},v1=${digest}` };
  },
  'no time': ({ digest }) => ({ header: `v1=${digest}` }),
  'an empty time': ({ digest }) => ({ header: `t=,v1=${digest}` }),
  'an empty time, and signed so': ({ secret, body }) => ({
    header: `t=,v1=${digestOf(secret, '.', body)}`,
  }),
  'no time, and nothing but the body signed': ({ secret, body }) => ({
    header: `v1=${digestOf(secret, body)}`,
  }),
  // What is signed is the same text, parted elsewhere.
  'the beginning of the body moved into the time': ({ atSeconds, secret, body }, chance) => {
    const moved = String(chance.whole(0, 999));
    const signed = digestOf(secret, `${atSeconds}.${moved}.`, body);
    return { header: `t=${atSeconds}.${moved},v1=${signed}` };
  },
  'the end of the time moved into the body': ({ atSeconds, digest, body }, chance) => {
    const [digits, kept] = [String(atSeconds), chance.whole(1, 9)];
    const moved = Buffer.from(`${digits.slice(kept)}.`);
    return {
      header: `t=${digits.slice(0, kept)},v1=${digest}`,
      body: Buffer.concat([moved, body]),
    };
  },
};
