import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpackLines } from '../../../../shared/archive-format.ts';
import {
  aLineWithout,
  aResultLine,
  type CollectorWorld,
  startCollectorWorld,
} from '../../../support/collector-world.ts';

/** A line for each analysis. */
function allLines({ analyses }: CollectorWorld): string[] {
  return analyses.map((analysis, at) => aResultLine(analysis, `answer ${at} – 漢字 🎬`));
}

function texts({ analyses, analysis }: CollectorWorld): unknown[] {
  return analyses.map((_, at) => (analysis(at).result as { text?: string } | undefined)?.text);
}

const allTexts = (count: number) =>
  Array.from({ length: count }, (_, at) => `answer ${at} – 漢字 🎬`);

/** Sends bytes in the pieces given, then does `end`. */
function inPieces(bytes: Uint8Array, pieceBytes: number, end: (response: ServerResponse) => void) {
  return (response: ServerResponse) => {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      response.write(bytes.subarray(at, at + pieceBytes));
    }
    end(response);
  };
}

describe('the results of a batch are taken whole', () => {
  it.each<[string, (lines: string[]) => string]>([
    ['without a last line end', (lines) => lines.join('\n')],
    ['with CRLF', (lines) => `${lines.join('\r\n')}\r\n`],
    ['with blank lines', (lines) => `\n\n${lines.join('\n\n\r\n')}\n\n`],
    ['with a byte order mark', (lines) => `\ufeff${lines.join('\n')}`],
    ['in another order', (lines) => lines.toReversed().join('\n')],
    ['with each line twice', (lines) => lines.flatMap((line) => [line, line]).join('\n')],
  ])('%s', async (_, bodyOf) => {
    await using world = await startCollectorWorld({ count: 3 });
    world.results(bodyOf(allLines(world)));

    await world.collect();

    expect(texts(world)).toEqual(allTexts(3));
    expect(world.batch().state).toBe('closed');
    expect(world.rows('quarantine')).toEqual([]);
  });

  it('with separators inside that end no line, in pieces that cut characters', async () => {
    await using world = await startCollectorWorld();
    const text = 'a\u2028b\u2029c\u0085 漢字 🎬';
    const line = aResultLine(world.analysis(0), text);
    world.results(inPieces(Buffer.from(line), 1, (response) => response.end()));

    await world.collect();

    expect(world.analysis(0)).toMatchObject({ state: 'ready', result: { text } });
  });

  it('packed, though that was not asked for', async () => {
    await using world = await startCollectorWorld({ count: 3 });
    world.results((response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(allLines(world).join('\n')));
    });

    await world.collect();

    expect(texts(world)).toEqual(allTexts(3));
  });
});

describe('results that end too early', () => {
  it.each<[string, (bytes: Buffer, response: ServerResponse) => void]>([
    ['in a reset', (bytes, response) => response.write(bytes, () => response.destroy())],
    [
      'in the middle of a line, cleanly',
      (bytes, response) => response.end(bytes.subarray(0, bytes.length - 9)),
    ],
    [
      'between two lines, cleanly',
      (bytes, response) => response.end(bytes.subarray(0, bytes.lastIndexOf('\n') + 1)),
    ],
    [
      'in the middle of gzip',
      (bytes, response) => {
        response.setHeader('content-encoding', 'gzip');
        const packed = gzipSync(Buffer.concat([bytes, randomBytes(200)]));
        response.end(packed.subarray(0, packed.length - 220));
      },
    ],
  ])('%s keep what came, and the batch open until the rest comes', async (_, answer) => {
    await using world = await startCollectorWorld({ count: 3 });
    const lines = allLines(world);
    world.results((response) => answer(Buffer.from(lines.slice(0, 2).join('\n')), response));

    await world.collect();

    expect(world.analysis(2).state).toBe('submitted');
    expect(world.batch()).toMatchObject({ state: 'active', stage: 'collect-results' });
    world.results(lines.join('\n'));
    world.letPass(300);
    await world.collectDue();
    expect(texts(world)).toEqual(allTexts(3));
    expect(world.batch()).toMatchObject({ state: 'closed' });
    expect(world.batch().reason).toBeUndefined();
  });

  it('say on the row of the batch what is missing', async () => {
    await using world = await startCollectorWorld({ count: 3 });
    world.results(allLines(world).slice(0, 2).join('\n'));

    await world.collect();

    expect(world.batch().reason).toEqual({
      code: 'results_incomplete',
      message: 'usable lines for 2 of 3 items, 0 unusable ones; 1 analyses are open',
    });
  });

  it('are short of what was sent, whatever the provider counts', async () => {
    await using world = await startCollectorWorld({ count: 3 });
    world.says({ total_items: 2 });
    world.results(allLines(world).slice(0, 2).join('\n'));

    await world.collect();

    expect(world.analysis(2).state).toBe('submitted');
    expect(world.batch().state).toBe('active');
  });

  it('are asked for again less and less often, and given up after a day', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const [line = ''] = allLines(world);
    world.results(line);
    await world.collect();

    for (let minute = 0; minute < 25 * 60; minute += 1) {
      world.letPass(60);
      await world.collectDue();
      if (minute === 23 * 60) expect(world.analysis(1).state).toBe('submitted');
    }

    expect(world.analysis(0).state).toBe('ready');
    expect(world.analysis(1)).toMatchObject({
      state: 'failed',
      reason: { code: 'result_missing', message: expect.stringContaining('no line that tells') },
    });
    expect(world.batch().state).toBe('closed');
    expect(world.readings()).toBeLessThan(50);
  });
});

describe('an analysis whose line', () => {
  async function afterADay(line: (world: CollectorWorld) => string) {
    const world = await startCollectorWorld();
    world.results(line(world));
    await world.collect();
    for (let hour = 0; hour < 26; hour += 1) {
      world.letPass(3_600);
      await world.collectDue();
    }
    return world;
  }

  it('still says queued a day after the end never ran, and goes back to the queue', async () => {
    await using world = await afterADay((it) => aLineWithout(it.analysis(0), 'queued'));
    expect(world.analysis(0)).toMatchObject({
      state: 'queued',
      notRun: 1,
      parentBatchId: world.batchId,
      reason: { code: 'never_ran' },
    });
  });

  it.each([
    ['still says processing', 'processing', 'still says processing'],
    ['says ready without an answer', 'ready', 'ready, without an answer'],
  ])('%s a day after the end may be paid, and fails with that', async (_, status, words) => {
    await using world = await afterADay((it) => aLineWithout(it.analysis(0), status));
    const message = expect.stringContaining(words);
    expect(world.analysis(0)).toMatchObject({
      state: 'failed',
      reason: { code: 'result_missing', message },
    });
  });

  it('says failed and then ready is ready: nothing that is paid is sent again', async () => {
    await using world = await startCollectorWorld();
    const [failed, ready] = [aLineWithout(world.analysis(0), 'failed'), allLines(world)[0]];
    world.results([failed, ready, failed].join('\n'));

    await world.collect();

    expect(world.analysis(0)).toMatchObject({ state: 'ready', setbacks: 0 });
  });

  it('says failed waits for the end of the results before it is believed', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const failed = aLineWithout(world.analysis(0), 'failed');
    world.results((response) => response.write(`${failed}\n`, () => response.destroy()));

    await world.collect();

    expect(world.analysis(0).state).toBe('submitted');
  });
});

describe('a line that nobody can use', () => {
  const bad = (world: CollectorWorld): [string, Uint8Array, string, string][] => [
    ['no JSON', Buffer.from('{"task_id":'), 'line_unreadable', 'not JSON'],
    ['no result', Buffer.from('{"a":1}'), 'line_unreadable', 'status: '],
    [
      'not UTF-8',
      Buffer.concat([Buffer.from(aResultLine(world.analysis(0), '')), Buffer.of(0xff)]),
      'line_unreadable',
      'not UTF-8',
    ],
    [
      'about nobody',
      Buffer.from(aResultLine({}, 'x', { custom_id: null })),
      'line_astray',
      'its custom_id is null',
    ],
    [
      'about an item of another batch',
      Buffer.from(aResultLine({ customId: 'another-batch-7' }, 'x')),
      'line_astray',
      '"another-batch-7", which is not in this batch',
    ],
  ];

  it('is set aside with its bytes, offset and reason, and stops nothing', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const lines = allLines(world);
    const bads = bad(world);
    const stream = [...bads.map(([, bytes]) => bytes), ...lines.map((line) => Buffer.from(line))];
    world.results(Buffer.concat(stream.flatMap((line) => [line, Buffer.from('\n')])));

    await world.collect();

    expect(texts(world)).toEqual(allTexts(2));
    expect(world.batch().state).toBe('closed');
    const rows = world.rows('quarantine');
    expect(rows).toHaveLength(bads.length);
    let offsetBytes = 0;
    for (const [what, bytes, code, message] of bads) {
      const row = rows.find((it) => it['offsetBytes'] === offsetBytes);
      expect(row, what).toMatchObject({
        batchId: world.batchId,
        state: 'quarantined',
        lengthBytes: bytes.length,
        reason: { code, message: expect.stringContaining(message) },
      });
      const member = await world.archive.readMember(row?.['archived'] as never);
      const kept = (await unpackLines(member)).map((line) => Buffer.from(line));
      expect(kept, what).toContainEqual(Buffer.from(bytes));
      offsetBytes += bytes.length + 1;
    }
  });

  it('is kept once, however often it is met', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    world.results(`{"no":"result"}\n${allLines(world)[0]}`);
    await world.collect();
    const objects = world.archive.objects.size;

    world.letPass(300);
    await world.collectDue();

    expect(world.rows('quarantine')).toHaveLength(1);
    expect(world.archive.objects.size).toBe(objects);
  });

  it('may be right at the next reading', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const [first = '', second = ''] = allLines(world);
    world.results(`${first}\n${second.slice(0, -10)}`);
    await world.collect();
    expect(world.batch()).toMatchObject({
      state: 'active',
      reason: { code: 'results_incomplete' },
    });

    world.results(`${first}\n${second}`);
    world.letPass(300);
    await world.collectDue();

    expect(texts(world)).toEqual(allTexts(2));
    expect(world.batch().state).toBe('closed');
  });

  it('by the thousand does not fill the table', async () => {
    await using world = await startCollectorWorld();
    const strangers = Array.from({ length: 3_000 }, (_, at) => `{"no":${at}}`);
    world.results([...strangers, ...allLines(world)].join('\n'));

    await world.collect();

    expect(world.analysis(0).state).toBe('ready');
    expect(world.rows('quarantine')).toHaveLength(1_000);
  });
});
