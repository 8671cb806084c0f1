import { describe, expect, it } from 'vitest';
import { archivePrefix, ROWS_FILE } from '../../../../shared/archive.ts';
import { unpackLines } from '../../../../shared/archive-format.ts';
import { MAX_LINE_BYTES } from '../../../../shared/jsonl.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { resultLines } from '../../../../shared/twelvelabs/result-line.ts';
import {
  aLineWithout,
  aResultLine,
  type CollectorWorld,
  startCollectorWorld,
} from '../../../support/collector-world.ts';

const large = 'é'.repeat(40_000);

/** The raw line that a row says it was settled by. */
async function archivedLine(world: CollectorWorld, at: number): Promise<string> {
  const { archived, customId = '' } = world.analysis(at);
  if (!archived) throw new Error(`analysis ${at} says of no line`);
  const lines = [...resultLines(await unpackLines(await world.archive.readMember(archived)))];
  const found = lines.find(({ line }) => line.custom_id === customId);
  return Buffer.from(found?.bytes ?? []).toString();
}

describe('a line', () => {
  it('is found again by its row, whether the row holds the result or not', async () => {
    await using world = await startCollectorWorld({ count: 4 });
    const answers = ['short', large, 'failed', 'also short'];
    const lines = answers.map((answer, at) =>
      answer === 'failed'
        ? aLineWithout(world.analysis(at), 'failed', { code: 'video_file_broken', message: 'x' })
        : aResultLine(world.analysis(at), answer),
    );
    world.results(lines.join('\n'));

    await world.collect();

    expect(world.analysis(0).result).toEqual({ text: 'short' });
    const lengthBytes = Buffer.byteLength(lines[1] ?? '');
    expect(world.analysis(1).result).toEqual({ inArchive: 'text', lengthBytes });
    expect(world.analysis(2).state).toBe('failed');
    for (const [at, line] of lines.entries()) expect(await archivedLine(world, at)).toBe(line);
  });

  it('far above 400 KB is kept whole, while its batch still runs', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const line = aResultLine(world.analysis(0), 'x'.repeat(9 * 1024 * 1024));
    world.says({ status: 'processing', ready_items: 1, processing_items: 1 });
    world.results(`${line}\n${aLineWithout(world.analysis(1), 'processing')}`);

    await world.collect();

    expect(world.analysis(0)).toMatchObject({ state: 'ready', result: { inArchive: 'text' } });
    expect((await archivedLine(world, 0)) === line).toBe(true);
    expect(world.analysis(1).state).toBe('submitted');
    expect(world.batch().state).toBe('active');
  });

  it('longer than any may be is set aside, and the next ones are read', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const line = aResultLine(world.analysis(1), 'after it');
    world.results((response) => {
      response.write('{"data":"');
      const piece = Buffer.alloc(1024 * 1024, 'x');
      for (let sent = 0; sent <= MAX_LINE_BYTES; sent += piece.length) response.write(piece);
      response.end(`"}\n${line}`);
    });

    await world.collect();

    expect(world.analysis(1).result).toEqual({ text: 'after it' });
    const message = `longer than ${MAX_LINE_BYTES} bytes`;
    expect(world.rows('quarantine')).toMatchObject([
      { reason: { code: 'line_unreadable', message }, lengthBytes: MAX_LINE_BYTES },
    ]);
  });

  it('is in the archive before a row tells of it, at whatever call the function dies', async () => {
    const segments = JSON.stringify({
      goal: [1, 2, 3].map((at) => ({ start_time: at, end_time: 9 })),
    });
    for (let fatal = 1; ; fatal += 1) {
      await using world = await startCollectorWorld({
        count: 4,
        fields: (at) => (at === 1 ? { profile: 'goals', analysisMode: 'time_based_metadata' } : {}),
      });
      const answers = [large, segments, 'short'];
      const canceled = aLineWithout(world.analysis(3), 'canceled');
      const lines = answers.map((answer, at) => aResultLine(world.analysis(at), answer));
      world.results([canceled, ...lines].join('\n'));
      let calls = 0;
      const dying = async <T>(call: () => Promise<T>): Promise<T> => {
        calls += 1;
        if (calls > fatal) throw new Error('killed');
        return await call();
      };
      const archive = {
        storeLines: async (...args) => dying(() => world.archive.storeLines(...args)),
      } satisfies Partial<typeof world.archive>;
      await world.collect({ on: strickenTable(world.table, dying), archive }).catch(() => {});
      const hasDied = calls > fatal;

      for (const [at, line] of lines.entries()) {
        if (world.analysis(at).state === 'ready') expect(await archivedLine(world, at)).toBe(line);
      }
      if (world.analysis(1).state === 'ready') expect(world.rows('segment')).toHaveLength(3);
      for (let day = 0; day < 3; day += 1) {
        world.letPass(86_400);
        await world.collectDue();
      }
      expect(answers.map((_, at) => world.analysis(at).state)).toEqual(Array(3).fill('ready'));
      expect(world.analysis(3)).toMatchObject({ state: 'queued', notRun: 1 });
      expect(world.rows('segment')).toHaveLength(3);
      expect(world.batch().state).toBe('closed');
      expect([...world.archive.objects.keys()]).toContain(
        `${archivePrefix(world.batchId)}${ROWS_FILE}`,
      );
      if (!hasDied) break;
    }
  });
});

/** The table, with `around` around each of its calls. */
function strickenTable(table: Table, around: <T>(call: () => Promise<T>) => Promise<T>): Table {
  return new Proxy(table, {
    get: (target, property) => {
      const method = Reflect.get(target, property) as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => around(() => method(...args));
    },
  });
}

describe('an archive that takes nothing', () => {
  it('is told of on the row of the batch, and tried again', async () => {
    await using world = await startCollectorWorld();
    world.results(aResultLine(world.analysis(0), 'x'));
    const storeLines = async () => {
      throw Object.assign(new Error('not allowed to put'), { name: 'AccessDenied' });
    };

    await expect(world.collect({ archive: { storeLines } })).rejects.toThrow('not allowed to put');

    expect(world.analysis(0).state).toBe('submitted');
    const reason = { code: 'AccessDenied', message: 'not allowed to put' };
    expect(world.batch()).toMatchObject({ state: 'active', reason });
    world.letPass(300);
    await world.collectDue();
    expect(world.analysis(0).state).toBe('ready');
    expect(world.batch().reason).toBeUndefined();
  });
});

describe('two collectors at once', () => {
  it('settle each analysis once, and leave no segment twice', async () => {
    await using world = await startCollectorWorld({
      count: 30,
      fields: (at) =>
        at % 2 === 0 ? {} : { profile: 'goals', analysisMode: 'time_based_metadata' },
    });
    const segments = JSON.stringify({
      goal: [1, 2, 3].map((start_time) => ({ start_time, end_time: start_time + 1 })),
    });
    const lines = world.analyses.map((it, at) => aResultLine(it, at % 2 === 0 ? large : segments));
    world.results(lines.join('\n'));

    await Promise.all([world.collect(), world.collect(), world.collect()]);
    await world.collectDue();

    for (const [at, line] of lines.entries()) {
      expect(world.analysis(at)).toMatchObject({ state: 'ready', attempt: 1, setbacks: 0 });
      expect(await archivedLine(world, at)).toBe(line);
    }
    expect(world.rows('segment')).toHaveLength(15 * 3);
  });
});

describe('a line of an earlier attempt', () => {
  it('changes nothing, and its segments do not stay', async () => {
    const fields = { profile: 'goals', analysisMode: 'time_based_metadata' } as const;
    await using world = await startCollectorWorld({ fields });
    const late = world.analysis(0);
    const answer = (start_time: number) => JSON.stringify({ goal: [{ start_time, end_time: 9 }] });
    world.results(aResultLine(late, answer(1)));
    // Between the look at the row and the writing of segments, another attempt ends.
    let isLate = false;
    const on = new Proxy(world.table, {
      get: (target, property) => {
        const method = Reflect.get(target, property) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          if (property === 'putAll' && !isLate) {
            isLate = true;
            const another = { ...late, customId: 'another', revision: 5, state: 'ready' };
            await world.table.putAll([another]);
          }
          return await method(...args);
        };
      },
    });

    await world.collect({ on });

    expect(isLate).toBe(true);
    expect(world.analysis(0)).toMatchObject({ customId: 'another', state: 'ready' });
    expect(world.rows('segment')).toEqual([]);
  });
});

describe('time that runs out', () => {
  it('stops the reading, keeps what was read, and goes on at once', async () => {
    await using world = await startCollectorWorld({ count: 3 });
    const lines = world.analyses.map((it, at) => aResultLine(it, `answer ${at}`));
    world.results((response) => response.write(`${lines[0]}\n${lines[1]?.slice(0, 20)}`));

    await world.collect({ remainingMs: () => 60_300 });

    expect(world.analysis(0).state).toBe('ready');
    expect(world.analysis(1).state).toBe('submitted');
    expect(world.batch().state).toBe('active');
    expect(Date.parse(world.batch().dueAt ?? '') - Date.parse('2026-10-01T00:00:00Z')).toBe(0);
    world.results(lines.join('\n'));
    await world.collectDue();
    expect(world.analyses.map((_, at) => world.analysis(at).state)).toEqual(Array(3).fill('ready'));
    expect(world.batch().state).toBe('closed');
  });
});
