import { expect, it } from 'vitest';
import { CLIP, startTestPipeline } from '../../support/test-pipeline.ts';

interface Line {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** Lines about no single row. */
const ABOUT_ALL = ['turns_given', 'round_begun', 'stage_woken'];

it('tells in metrics what became of everything, and in each line what it is about', async () => {
  await using test = await startTestPipeline();
  await test.drop('a.webm', CLIP);
  await test.drop('no video.mp4', 'plain text');
  await test.letThemFinish(['a.webm', 'no video.mp4'], 3_600);
  // Until the batch is closed.
  await test.letPass(3_600);

  const lines = linesOf(test.logs);
  const [video, refused] = ['a.webm', 'no video.mp4'].map(
    (key) => `${test.pipeline.uploadsBucket}/${key}`,
  );
  expect(totalsOf(lines)).toMatchObject({
    VideosReceived: 2,
    VideosAdmitted: 1,
    'VideosRejected not_a_video': 1,
    VideosRejected: 1,
    AnalysesQueued: 1,
    AnalysesSubmitted: 1,
    AnalysesReady: 1,
    BatchesSubmitted: 1,
    BatchesClosed: 1,
    SecondsAnalyzed: expect.any(Number),
  });

  const told = lines.filter(({ _aws, message }) => !_aws && !ABOUT_ALL.includes(String(message)));
  expect(told.length).toBeGreaterThan(5);
  for (const line of told) {
    const isAbout = [line['video'], line['batchId'], line['providerBatchId']].some(Boolean);
    expect(isAbout, JSON.stringify(line)).toBe(true);
  }
  const moves = told.filter(({ message }) => message === 'row_moved');
  expect(moves).toContainEqual(expect.objectContaining({ video: refused, to: 'rejected' }));
  expect(moves).toContainEqual(
    expect.objectContaining({
      video,
      kind: 'analysis',
      to: 'ready',
      profile: 'summary',
      attempt: 1,
      batchId: expect.any(String),
    }),
  );
});

/** What the functions printed as JSON, each line after the name of its function. */
function linesOf(logs: readonly string[]): Line[] {
  return logs.flatMap((log) => {
    const text = log.slice(log.indexOf(' ') + 1);
    return text.startsWith('{') ? [JSON.parse(text) as Line] : [];
  });
}

/** The sum of each metric, by what it is told apart by; each is the stack's. */
function totalsOf(lines: readonly Line[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const line of lines) {
    for (const { Namespace, Dimensions, Metrics } of line._aws?.CloudWatchMetrics ?? []) {
      expect(Namespace).toBe('Reelbatch');
      expect(line['service']).toBe('Reelbatch');
      const [[service, ...by] = []] = Dimensions;
      expect(service).toBe('service');
      for (const { Name } of Metrics) {
        const name = [Name, ...by.map((it) => String(line[it]))].join(' ');
        totals[name] = (totals[name] ?? 0) + Number(line[Name]);
      }
    }
  }
  return totals;
}
