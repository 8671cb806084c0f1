import type { Chance } from './chance.ts';
import { type MadeLine, made } from './lines.ts';

/** No line of a result comes near: what is longer nobody reads (shared/jsonl.ts says why). */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

const unreadable = { kind: 'bad', code: 'line_unreadable' } as const;
const astray = { kind: 'bad', code: 'line_astray' } as const;

/** A line about nobody in the batch: of another item, of none, or none at all. */
export function strayLine(chance: Chance): MadeLine {
  const kind = chance.weighted({ 'unknown custom_id': 3, 'null custom_id': 2, junk: 3 });
  const mark = chance.whole(0, 1e9);
  if (kind === 'junk') {
    const text = chance.pick([
      `{"a":${mark}}`,
      `[${mark}]`,
      'null',
      String(mark),
      `"${mark} 漢"`,
      `<html>${mark}</html>`,
      '{"task_id":"x","status":',
      '\0\0\0',
    ]);
    return { name: 'no result at all', bytes: Buffer.from(text), said: unreadable };
  }
  const custom_id =
    kind === 'null custom_id'
      ? null
      : chance.pick([`stranger-${mark}`, `${'h'.repeat(22)}-batch-${'0'.repeat(26)}0002`, '']);
  const line = { task_id: `task-${mark}`, custom_id, status: 'ready', data: { data: '漢字' } };
  const { custom_id: _, ...without } = line;
  return made(chance, kind, custom_id === null && chance.is(0.5) ? without : line, astray);
}

/** A line that nobody holds whole. */
export function endlessLine(chance: Chance): MadeLine {
  const bytes = Buffer.alloc(LONGEST_LINE_BYTES + chance.whole(1, 1_000_000), 'x');
  bytes.write('{"data":"');
  return { name: 'above the ceiling', bytes, said: unreadable };
}
