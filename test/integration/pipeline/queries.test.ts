import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { awsQuery } from '../../../local/read-video.ts';
import { awsCommand, pageVariables } from '../../support/aws-command.ts';
import { blocksBelow, runCommands } from '../../support/documented-commands.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const RUNBOOK = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');

/** Runs a documented query as the `aws` command line would. @returns how many rows it finds */
async function countBy({ pipeline }: TestPipeline, command = ''): Promise<number> {
  const printed = await runCommands(command, {
    variables: pageVariables(pipeline),
    answers: { aws: awsCommand(pipeline) },
  });
  return JSON.parse(printed).Count;
}

it('finds by the queries of the runbook, and of the report, what is there', async () => {
  await using test = await startTestPipeline();
  const [where] = blocksBelow(RUNBOOK, 'Where is a video, and why?', 'sh');
  const [failed = ''] = blocksBelow(RUNBOOK, 'What failed lately?', 'sh');
  const [waits] = blocksBelow(RUNBOOK, 'What waits, and for what?', 'sh');
  const [inLine] = blocksBelow(RUNBOOK, 'When will a waiting video be uploaded?', 'sh');
  const hostile = 'o\'clock "quoted" $(true).webm';
  await test.drop('path/to/video.mp4');
  await test.drop('no video.mp4', 'text');
  await test.drop(hostile);
  await test.letPass(8);

  expect(await countBy(test, waits)).toBe(2);
  expect(await countBy(test, inLine)).toBe(0);
  await test.letThemFinish(['path/to/video.mp4', 'no video.mp4', hostile], 120);

  expect(await countBy(test, waits)).toBe(0);
  expect(await countBy(test, where)).toBe(2);
  expect(await countBy(test, failed.replace('"failed"', '"rejected"'))).toBe(1);
  const { tableName, uploadsBucket } = test.pipeline;
  expect(await countBy(test, awsQuery(tableName, uploadsBucket, hostile))).toBe(2);
});
