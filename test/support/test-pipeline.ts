import { readFile } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Clock } from '../../local/clock.ts';
import { isFinal, readVideo, type VideoRows } from '../../local/read-video.ts';
import type { LocalPipeline } from '../../local/start-pipeline.ts';
import type { TwelveLabsBox, TwelveLabsBoxOptions } from '../../local/twelvelabs/box.ts';
import { purgeQueues } from './empty-pipeline.ts';
import { lendPipeline, WEBHOOK_SECRET } from './reused-pipeline.ts';

/** A short real clip. */
export const CLIP = new URL('../../samples/interview.webm', import.meta.url);

export interface TestPipelineOptions
  extends Pick<TwelveLabsBoxOptions, 'timing' | 'limits' | 'switches'> {
  /** Leave out to lose every webhook. */
  readonly webhooks?: boolean;
  /** How the provider gets the files; by URL when left out. */
  readonly route?: 'url' | 'direct';
  /** Values for the functions' variables: rates, limits. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Which refusals of a function's calls the test means to provoke; any other fails it. */
  readonly mayBeDenied?: RegExp;
}

/** The bundled functions on the emulators, against the box, on a clock that stands still. */
export interface TestPipeline extends AsyncDisposable {
  readonly clock: Clock;
  readonly pipeline: LocalPipeline;
  readonly box: TwelveLabsBox;
  /** What the functions logged, a line each. */
  readonly logs: readonly string[];
  drop(key: string, content?: URL | string | Uint8Array): Promise<void>;
  rowsOf(key: string): Promise<VideoRows>;
  /** Lets time pass, dealing with whatever comes due, until each key is final, at most `seconds`. */
  letThemFinish(keys: readonly string[], seconds: number): Promise<VideoRows[]>;
  letPass(seconds: number): Promise<void>;
  /**
   * Loses every message that waits for its delay, as if each sender had died before it could send.
   * @returns how many queues were purged
   */
  purgeQueues(): Promise<number>;
  /** Passes a long time in a moment: nothing happens on the way, and what came due happens then. */
  leap(seconds: number): Promise<void>;
}

export async function startTestPipeline(options: TestPipelineOptions = {}): Promise<TestPipeline> {
  const { webhooks = true, route = 'url', environment = {}, mayBeDenied, ...chosen } = options;
  const { clock, pipeline, box, logs, giveBack } = await lendPipeline(
    { route, environment },
    chosen,
  );
  if (webhooks) box.registerWebhook({ url: pipeline.webhookUrl, secret: WEBHOOK_SECRET });

  const { s3, table, tableName, uploadsBucket, cloud } = pipeline;
  const deniedBefore = new Set((await cloud.accessRecord()).denials);
  const rowsOf = (key: string) => readVideo(table, tableName, uploadsBucket, key);
  const letPass = (seconds: number) => cloud.letTimePass(seconds * 1000);
  const leap = async (seconds: number) => {
    await cloud.whenIdle();
    await clock.leap(seconds * 1000);
    await cloud.whenIdle();
  };
  return {
    clock,
    pipeline,
    leap,
    box,
    logs,
    rowsOf,
    letPass,
    purgeQueues: () => purgeQueues(pipeline),
    async drop(key, content = CLIP) {
      const body = content instanceof URL ? await readFile(content) : content;
      await s3.send(new PutObjectCommand({ Bucket: uploadsBucket, Key: key, Body: body }));
    },
    async letThemFinish(keys, seconds) {
      const stepSeconds = Math.max(1, seconds / 100);
      // As long as this one is not final, it does not matter who else is.
      let awaited = keys[0] ?? '';
      for (let passed = 0; ; passed += stepSeconds) {
        if (passed >= seconds || isFinal(await rowsOf(awaited))) {
          const rows = await Promise.all(keys.map(rowsOf));
          const left = rows.filter((it) => !isFinal(it));
          const last = left.at(-1);
          if (!last) return rows;
          if (passed >= seconds) {
            throw new Error(
              `not final after ${seconds} s: ${JSON.stringify(left, undefined, 1)}\n${logs.slice(-30).join('\n')}`,
            );
          }
          awaited = last.key;
        }
        await letPass(stepSeconds);
      }
    },
    async [Symbol.asyncDispose]() {
      const certain = box.faults.list().filter(({ fault }) => fault.probability === undefined);
      const idle = certain.filter(({ struck }) => struck === 0);
      const denied = (await cloud.accessRecord()).denials.filter(
        (it) => !deniedBefore.has(it) && !mayBeDenied?.test(it),
      );
      await giveBack();
      // A test whose fault never struck has shown nothing.
      if (denied.length > 0) throw new Error(`calls without a right:\n${denied.join('\n')}`);
      if (idle.length > 0) throw new Error(`never struck: ${JSON.stringify(idle)}`);
    },
  };
}
