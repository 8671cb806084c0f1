import { expect, it } from 'vitest';
import { runCommand } from '../../support/run-command.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const HOUR = 3_600;

async function cancel(test: TestPipeline | undefined, ...args: string[]) {
  const table = test ? ['--table', test.pipeline.tableName] : [];
  return await runCommand('cancel', test, ...table, ...args);
}

it('cancels a batch at the provider by the id that it has there', async () => {
  await using test = await startTestPipeline({ timing: { batchPendingMs: 5 * HOUR * 1000 } });
  await test.drop('a.webm');
  await test.letPass(90);
  const batch = test.box.batches()[0]?.batch_id ?? '';

  const { code, out } = await runCommand('cancel', test, '--batch', batch, '--yes');
  expect(out).toContain('1 to be canceled:');
  expect(out).toContain('canceled 1 of 1');
  expect(code).toBe(0);

  const [rows] = await test.letThemFinish(['a.webm'], 600);
  const reason = { code: 'canceled_by_operator' };
  expect(rows?.analyses).toMatchObject([{ state: 'failed', reason }]);
  expect(test.box.batches()).toMatchObject([{ status: 'canceled' }]);
  expect(test.box.ledger.billedItems()).toEqual([]);
});

it('asks nobody where nobody is there, and then cancels nothing', async () => {
  await using test = await startTestPipeline({ timing: { batchPendingMs: 5 * HOUR * 1000 } });
  await test.drop('a.webm');
  await test.letPass(90);
  const { code, out, errors } = await cancel(test, '--prefix', 'a');
  expect(out).toContain('1 in a batch already, not to be tried again:\n  a.webm ANALYSIS#summary');
  expect(errors).toContain('add --yes');
  expect(code).toBe(1);
  expect((await cancel(test, '--prefix', 'b')).out).toBe('nothing of that is under way\n');
  expect((await cancel(test, '--batch', 'b')).errors).toBe('cancel: there is no batch b\n');
});

it.each([
  [[], 'give one of --batch, --video, --prefix'],
  [['--batch', 'a', '--prefix', 'b'], 'give one of --batch, --video, --prefix'],
  [['--video', 'a.mp4', '--table', 't'], '--bucket is missing'],
  [['--prefix', 'a', '--profile', 'b'], '--profile goes with --video'],
  [['--batch', 'a', '--bucket', 'b'], '--bucket does not go with --batch'],
  [['--all'], "Unknown option '--all'"],
])('with %j says what is wrong', async (args, words) => {
  const { code, errors } = await cancel(undefined, ...args);
  expect(code).toBe(2);
  expect(errors).toContain(words);
});

it('explains itself when asked to', async () => {
  const { code, out } = await cancel(undefined, '--help');
  expect(code).toBe(0);
  expect(out).toContain('--prefix PREFIX');
});
