import { Clock } from '../../../local/clock.ts';
import type { FunctionLogLine } from '../../../local/cloud/functions/invocation.ts';
import { type LocalPipeline, startPipeline } from '../../../local/start-pipeline.ts';
import { startTwelveLabsBox, type TwelveLabsBoxOptions } from '../../../local/twelvelabs/box.ts';
import { parseOrNothing } from '../../../shared/decode.ts';
import { s3Event } from '../../../shared/messages.ts';
import { emptyPipeline } from '../../support/empty-pipeline.ts';
import { addVariables } from '../function-variables.ts';
import { Gate } from './gate.ts';
import { functionNameOf, loseInvocations } from './lost-invocations.ts';
import { readRows, World } from './world.ts';

const API_KEY = 'tlk_recovery';
const WEBHOOK_SECRET = 'whsec_recovery';
const ASK_FIRST = new URL('./ask-first.mjs', import.meta.url);
/** What is larger than this goes in chunks: a clip may be either. */
const CHUNKS_ABOVE_BYTES = '100000';

/** The bundled functions on the emulators, used for one life after the other. */
export interface RecoveryPipeline extends AsyncDisposable {
  readonly gate: Gate;
  /** A new box, and nothing else that is left of an earlier life; dispose of it to make room. */
  begin(options: LifeOptions): Promise<World>;
}

export interface LifeOptions extends Pick<TwelveLabsBoxOptions, 'timing' | 'limits'> {
  /** Functions that are never called in this life. */
  readonly deaf?: readonly string[];
}

/**
 * Starts the pipeline with every function's requests led past a gate.
 * @param assemblyDirectory a synthesized stack that may be written to
 */
export async function startRecoveryPipeline(
  assemblyDirectory: string,
  onLog: (line: FunctionLogLine) => void = () => {},
): Promise<RecoveryPipeline> {
  await using started = new AsyncDisposableStack();
  const gate = await Gate.open();
  started.defer(() => gate.close());
  await leadPast(gate, assemblyDirectory);
  const clock = Clock.stoppedAt(new Date('2026-11-21T12:00:00Z'));
  started.defer(() => clock.close());
  let box = await startTwelveLabsBox({ clock, apiKey: API_KEY });
  started.defer(() => box.close());
  const pipeline = await startPipeline({
    assemblyDirectory,
    clock,
    neighbours: [{ settled: () => box.settled() }],
    provider: {
      kind: 'other',
      baseUrl: box.baseUrl,
      apiKey: API_KEY,
      webhookSecret: WEBHOOK_SECRET,
      uploadRoute: 'url',
    },
    environment: { CHUNKS_ABOVE_BYTES },
    onLog,
  });
  started.defer(() => pipeline.stop());
  // What S3 sends once, when its notifications are set up, is part of no life.
  await emptyPipeline(pipeline, clock);
  const port = Number(new URL(box.baseUrl).port);
  let deaf: readonly string[] = [];
  const losses = {
    isDeaf: (name: string) => deaf.includes(name),
    noteDeath: (requestId: string) => gate.noteDeath(requestId),
    isOnlyTrace: (body: string) => isOnlyTrace(body, pipeline),
  };
  started.use(loseInvocations(losses));
  const owned = started.move();
  return {
    gate,
    begin: async ({ deaf: wished = [], ...options }) => {
      await box.close();
      box = await startTwelveLabsBox({ clock, apiKey: API_KEY, port, ...options });
      box.registerWebhook({ url: pipeline.webhookUrl, secret: WEBHOOK_SECRET });
      deaf = wished;
      return new World({ clock, box, pipeline });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function leadPast({ port }: Gate, assemblyDirectory: string): Promise<void> {
  await addVariables(assemblyDirectory, ({ logicalId }) => {
    const question = new URLSearchParams({
      function: functionNameOf(logicalId),
      port: String(port),
    });
    return { NODE_OPTIONS: `--import=${ASK_FIRST.href}?${question}` };
  });
}

/** An event of S3 about an upload that has not become a row. */
async function isOnlyTrace(body: string, pipeline: LocalPipeline): Promise<boolean> {
  const event = s3Event.safeParse(parseOrNothing(body));
  if (!event.success) return false;
  const { all } = await readRows(pipeline);
  const entered = all.map((row) => (row.kind === 'video' ? row.key : undefined));
  return event.data.Records.some(({ s3 }) => !entered.includes(decodeURIComponent(s3.object.key)));
}
