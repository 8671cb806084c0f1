import type { Chance } from '../../../faults/results/chance.ts';
import { genuineRequest, type Mutations } from './genuine-request.ts';

/** Bodies that are not, byte for byte, what was signed; the header is the true one. */
export const bodyMutations: Mutations = {
  'a bit of the body flipped': ({ body }, chance) => {
    const at = chance.whole(0, body.length - 1);
    return { body: body.with(at, (body[at] ?? 0) ^ (1 << chance.whole(0, 7))) as Buffer };
  },
  'a byte taken out of the body': ({ body }, chance) => {
    const at = chance.whole(0, body.length - 1);
    return { body: Buffer.concat([body.subarray(0, at), body.subarray(at + 1)]) };
  },
  'a byte put into the body': ({ body }, chance) => {
    const at = chance.whole(0, body.length);
    const byte = Buffer.of(chance.whole(0, 255));
    return { body: Buffer.concat([body.subarray(0, at), byte, body.subarray(at)]) };
  },
  'the end of the body cut off': ({ body }, chance) => ({
    body: body.subarray(0, chance.whole(0, body.length - 1)),
  }),
  'the beginning of the body cut off': ({ body }, chance) => ({
    body: body.subarray(chance.whole(1, body.length)),
  }),
  'two bytes of the body exchanged': ({ body }, chance) => ({ body: exchanged(body, chance) }),
  'the body of another event': ({ body }, chance) => ({ body: other(body, chance) }),
  'the body twice': ({ body }) => ({ body: Buffer.concat([body, body]) }),
  'no body': () => ({ body: Buffer.alloc(0) }),
  'a line end behind the body': ({ body }) => ({ body: Buffer.concat([body, Buffer.from('\n')]) }),
  'a byte order mark before the body': ({ body }) => ({ body: Buffer.from(`\ufeff${body}`) }),
  'the same JSON written otherwise': ({ body }) => ({
    body: Buffer.from(JSON.stringify(JSON.parse(body.toString()))),
  }),
  'the same JSON escaped': ({ body }) => ({
    body: Buffer.from(body.toString().replace('ö', '\\u00f6')),
  }),
  'the same text in another form of Unicode': ({ body }) => ({
    body: Buffer.from(body.toString().normalize('NFD')),
  }),
  'the same text in Latin 1': ({ body }) => ({ body: Buffer.from(body.toString(), 'latin1') }),
  'the body in base64': ({ body }) => ({ body: Buffer.from(body.toString('base64')) }),
  'a second id of the same name': ({ body }, chance) => ({
    body: Buffer.from(body.toString().replace('"id":', `"id":"${chance.whole(0, 999)}","id":`)),
  }),
  'a replacement for what is no UTF-8': ({ body }) => ({
    body: Buffer.from(body.toString('latin1').replace('Ã', '\ufffd')),
  }),
};

function exchanged(body: Buffer, chance: Chance): Buffer {
  const at = chance.whole(0, body.length - 1);
  const others = [...body.keys()].filter((it) => body[it] !== body[at]);
  const to = chance.pick(others as [number, ...number[]]);
  return body.with(at, body[to] ?? 0).with(to, body[at] ?? 0) as Buffer;
}

/** One with another id, and so other bytes. */
function other(body: Buffer, chance: Chance): Buffer {
  const found = genuineRequest(chance).body;
  return found.equals(body) ? Buffer.from('{}') : found;
}
