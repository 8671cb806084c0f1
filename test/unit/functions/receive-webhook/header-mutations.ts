import type { Mutations } from './genuine-request.ts';

const INVISIBLE = ['\u200b', '\ufeff', '\u00a0', '\u00ad', '\0', '\n', '\t', ' '] as const;
const LOOKALIKE = { a: 'а', b: 'Ь', c: 'с', d: 'ԁ', e: 'е', f: 'ｆ' } as const;

/** The true time and signature, but not in the notation that was agreed on. */
export const headerMutations: Mutations = {
  'no header': () => ({ header: undefined }),
  'an empty header': () => ({ header: '' }),
  'no signature': ({ atSeconds }) => ({ header: `t=${atSeconds}` }),
  'the header cut off': ({ header }, chance) => ({
    header: header.slice(0, chance.whole(0, header.length - 1)),
  }),
  'the two values exchanged': ({ atSeconds, digest }) => ({
    header: `t=${digest},v1=${atSeconds}`,
  }),
  'another name for the signature': ({ atSeconds, digest }, chance) => {
    const name = chance.pick(['V1', 'v0', 'v2', 'v11', 'v', '1', '', 'v1 ', 'ｖ1', 'sha256']);
    return { header: `t=${atSeconds},${name}=${digest}` };
  },
  'another name for the time': ({ atSeconds, digest }, chance) => {
    const name = chance.pick(['T', 't ', 'ts', 'time', '', 'ｔ', 'v1']);
    return { header: `${name}=${atSeconds},v1=${digest}` };
  },
  'another separator': ({ atSeconds, digest }, chance) => {
    const separator = chance.pick([';', '&', ' ', '\n', '，', '', '|', '%2C', '\0']);
    return { header: `t=${atSeconds}${separator}v1=${digest}` };
  },
  'another sign for equal': ({ atSeconds, digest }, chance) => {
    const sign = chance.pick([':', '', '==', ' = ', '＝', '%3D', '=0']);
    return { header: `t=${atSeconds},v1${sign}${digest}` };
  },
  'something invisible in the signature': ({ atSeconds, digest }, chance) => {
    const at = chance.whole(0, digest.length - 1);
    const invisible = chance.pick(INVISIBLE);
    return { header: `t=${atSeconds},v1=${digest.slice(0, at)}${invisible}${digest.slice(at)}` };
  },
  'something invisible in the time': ({ atSeconds, digest }, chance) => {
    const at = chance.whole(0, 9);
    const [digits, invisible] = [String(atSeconds), chance.pick(INVISIBLE)];
    return { header: `t=${digits.slice(0, at)}${invisible}${digits.slice(at)},v1=${digest}` };
  },
  'a letter that only looks like one of its own': ({ atSeconds, digest }) => {
    const letter = /[a-f]/.exec(digest)?.[0] ?? 'a';
    const alike = LOOKALIKE[letter as keyof typeof LOOKALIKE];
    return { header: `t=${atSeconds},v1=${`${digest}a`.replace(letter, alike).slice(0, 64)}` };
  },
  'the signature in capitals': ({ atSeconds, digest }) => ({
    header: `t=${atSeconds},v1=${digest.toUpperCase()}`,
  }),
  'the signature in quotes': ({ atSeconds, digest }, chance) => {
    const quote = chance.pick(['"', "'", '`']);
    return { header: `t=${atSeconds},v1=${quote}${digest}${quote}` };
  },
  'the header coded for a URL': ({ header }) => ({ header: encodeURIComponent(header) }),
  'the header in JSON': ({ header }) => ({ header: JSON.stringify(header) }),
  'the time twice': ({ atSeconds, digest }, chance) => ({
    header: chance.shuffled([`t=${atSeconds}`, `t=${atSeconds}`, `v1=${digest}`]).join(','),
  }),
};

/** What leaves time, body and signature as they were made: it has to be taken. */
export const harmlessMutations: Mutations = {
  'nothing changed': () => ({}),
  'its parts in any order': ({ atSeconds, digest }, chance) => ({
    header: chance.shuffled([`t=${atSeconds}`, `v1=${digest}`]).join(','),
  }),
  'spaces and tabs around its parts': ({ atSeconds, digest }, chance) => {
    const blank = () => ' \t'.repeat(chance.whole(0, 3));
    return { header: `${blank()}t=${atSeconds}${blank()},${blank()}v1=${digest}${blank()}` };
  },
  'empty parts between': ({ atSeconds, digest }, chance) => {
    const commas = () => ','.repeat(chance.whole(1, 4));
    return { header: `${commas()}t=${atSeconds}${commas()}v1=${digest}${commas()}` };
  },
  'parts of other schemes': ({ atSeconds, digest }, chance) => {
    const others = ['v0=00', `v2=${'0'.repeat(128)}`, 'x', 'key', 'v10=1'];
    return { header: chance.shuffled([`t=${atSeconds}`, `v1=${digest}`, ...others]).join(',') };
  },
  'signatures of other secrets beside it': ({ atSeconds, digest }, chance) => {
    const others = Array.from({ length: chance.whole(1, 5) }, (_, at) =>
      `v1=${at}`.padEnd(67, 'f'),
    );
    return { header: chance.shuffled([`t=${atSeconds}`, `v1=${digest}`, ...others]).join(',') };
  },
  'the signature twice': ({ header, digest }) => ({ header: `${header},v1=${digest}` }),
  'another secret live beside its own': ({ secrets }) => ({ secrets: ['whsec_more', ...secrets] }),
  'the last moment of the window': ({ atSeconds }, chance) => ({
    now: new Date(atSeconds * 1000 + chance.pick([-300_000, 300_000])),
  }),
};
