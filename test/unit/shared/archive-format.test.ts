import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packLines, unpackLines } from '../../../shared/archive-format.ts';

/** A raw line: any bytes but the one that ends it. */
const line = fc
  .uint8Array({ minLength: 1, maxLength: 200 })
  .map((bytes) => bytes.map((byte) => (byte === 0x0a ? 0x20 : byte)));

describe('packed lines', () => {
  it('are one gzip file of all lines, and each member unpacks alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), fc.nat(3), async (small, large) => {
        const lines = [...small, ...Array.from({ length: large }, () => longLine(40_000))];
        const { bytes, members, sha256 } = await packLines(lines);

        const whole = lines.map((it) => Buffer.concat([it, Buffer.from('\n')]));
        if (lines.length > 0) expect(gunzipSync(bytes)).toEqual(Buffer.concat(whole));
        expect(sha256).toBe(createHash('sha256').update(Buffer.concat(whole)).digest('hex'));
        for (const [at, { offsetBytes, lengthBytes }] of members.entries()) {
          const member = bytes.subarray(offsetBytes, offsetBytes + lengthBytes);
          const found = (await unpackLines(member)).map((it) => Buffer.from(it));
          expect(found).toContainEqual(Buffer.from(lines[at] ?? []));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('put a long line alone, and no more with a short one than is quickly read', async () => {
    const lines = [
      longLine(10),
      longLine(33_000),
      ...Array.from({ length: 900 }, () => longLine(1_000)),
    ];
    const { members } = await packLines(lines);

    const sharing = Map.groupBy(members, ({ offsetBytes }) => offsetBytes);
    expect(sharing.get(members[1]?.offsetBytes ?? -1)).toHaveLength(1);
    const counts = [...sharing.values()].map(({ length }) => length);
    expect(Math.max(...counts)).toBeLessThan(300);
    expect(sharing.size).toBeLessThan(10);
  });
});

/** Random hexadecimal digits. */
function longLine(length: number): Uint8Array {
  return Buffer.from(randomBytes(length / 2).toString('hex'));
}
