import { createQuarantine } from '../../../../shared/store/quarantine.ts';
import { createSegmentStore } from '../../../../shared/store/segments.ts';
import type { Spoil } from '../../../faults/results/live-case.ts';

/** Collectors that are wrong, each in one way that is easily made, and words for which they are found. */
export const spoiltCollectors: readonly (readonly [name: string, words: RegExp, spoil: Spoil])[] = [
  [
    'makes characters of each piece by itself',
    /its line is not where|it is not in quarantine/,
    reading(async function* (pieces) {
      for await (const piece of pieces) yield Buffer.from(Buffer.from(piece).toString());
    }),
  ],
  [
    'takes a break for the end',
    /nothing was said, and it is|lines are in quarantine, not/,
    reading(async function* (pieces) {
      try {
        yield* pieces;
      } catch {}
    }),
  ],
  [
    'forgets what comes after the last line feed',
    /was said, and it is as before/,
    reading(async function* (pieces) {
      let held = Buffer.alloc(0);
      for await (const piece of pieces) {
        held = Buffer.concat([held, piece]);
        const end = held.lastIndexOf('\n') + 1;
        yield held.subarray(0, end);
        held = held.subarray(end);
      }
    }),
  ],
  [
    'says of a line that it lies where another does',
    /its line is not where its row says/,
    ({ archive }) => ({
      archive: {
        storeLines: async (key, lines) => (await archive.storeLines(key, lines)).toReversed(),
      },
    }),
  ],
  [
    'archives lines without their last byte',
    /its line is not where its row says/,
    ({ archive }) => ({
      archive: {
        storeLines: (key, lines) =>
          archive.storeLines(
            key,
            lines.map((line) => line.subarray(0, -1)),
          ),
      },
    }),
  ],
  [
    'loses the last segment of an answer',
    /segments differ/,
    ({ table }) => {
      const segments = createSegmentStore(table);
      return {
        segments: {
          ...segments,
          replace: (owner, all) => segments.replace(owner, all.slice(0, -1)),
        },
      };
    },
  ],
  [
    'is off by one with the offset of a bad line',
    /its row says/,
    ({ table }) => {
      const quarantine = createQuarantine(table);
      return {
        quarantine: {
          ...quarantine,
          put: (line) => quarantine.put({ ...line, offsetBytes: line.offsetBytes + 1 }),
        },
      };
    },
  ],
];

type Pieces = AsyncIterable<Uint8Array>;

function reading(change: (pieces: Pieces) => Pieces): Spoil {
  return (_, provider) => ({
    provider: {
      ...provider,
      openResults: async (...args) => change(await provider.openResults(...args)),
    },
  });
}
