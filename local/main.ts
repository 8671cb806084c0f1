import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseProvider, type ProviderChoice } from './choose-provider.ts';
import { Clock } from './clock.ts';
import { CloudError } from './cloud/cloud-error.ts';
import type { FunctionLogLine } from './cloud/functions/invocation.ts';
import { type CommandLine, parseCommandLine, usage } from './command-line.ts';
import { dropFiles } from './drop-files.ts';
import { findFiles, type LocalFile } from './find-files.ts';
import { followVideos } from './follow-videos.ts';
import { isFinal } from './read-video.ts';
import { type LocalPipeline, startPipeline } from './start-pipeline.ts';
import { synthesize } from './synthesize.ts';
import { describeVideo } from './terminal/describe-video.ts';
import { createProgress, type Progress, printable } from './terminal/progress.ts';
import { report } from './terminal/report.ts';
import { serveText } from './terminal/serve-text.ts';
import { UserError } from './user-error.ts';

const SAMPLES = fileURLToPath(new URL('../samples', import.meta.url));
const INTERRUPTED = 130;

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UserError || error instanceof CloudError)) throw error;
  console.error(`reelbatch: ${error.message}`);
  return 1;
});

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(args);
  if (commandLine.help) {
    console.log(usage);
    return 0;
  }
  const files = await chooseFiles(commandLine);
  const provider = chooseProvider(process.env, commandLine);
  const interrupt = new AbortController();
  // `on`, not `once`: with no listener left the one that restores the cursor would end the process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () =>
      interrupt.signal.aborted ? process.exit(INTERRUPTED) : interrupt.abort(),
    );
  }

  await using cleanup = new AsyncDisposableStack();
  const clock = new Clock();
  cleanup.defer(() => clock.close());

  console.log(introduction(provider));
  console.log('Synthesizing the stack and bundling its functions …');
  const assemblyDirectory = await mkdtemp(join(tmpdir(), 'reelbatch-'));
  cleanup.defer(() => rm(assemblyDirectory, { recursive: true, force: true }));
  await synthesize(assemblyDirectory).catch((error: unknown) => {
    // Ctrl-C reaches the synthesis too.
    if (!interrupt.signal.aborted) throw error;
  });
  if (interrupt.signal.aborted) return INTERRUPTED;
  const logPath = join(tmpdir(), `reelbatch-${process.pid}.log`);
  const log = createWriteStream(logPath);
  const progress = createProgress(process.stdout);
  cleanup.defer(() => new Promise((resolve) => log.end(resolve)));
  const pipeline = await startPipeline({
    assemblyDirectory,
    clock,
    provider,
    onLog: (line) => {
      log.write(`${logLine(line)}\n`);
      // A call that no policy allows, say: on AWS it would fail, too.
      if (line.functionName === 'emulators') progress.note(line.text);
    },
    ...(commandLine.webhookPort && { webhookPort: commandLine.webhookPort }),
  });
  cleanup.defer(() => pipeline.stop());
  if (provider.kind === 'other' || commandLine.serve) console.log(webhookText(pipeline, provider));
  if (commandLine.serve) console.log(serveText(pipeline));
  console.log(`The functions' logs go to ${logPath}\n`);

  const exitCode = files.length > 0 ? await run(pipeline, files, progress, interrupt.signal) : 0;
  if (!commandLine.serve || interrupt.signal.aborted) return exitCode;
  console.log('\nStaying up. Ctrl-C ends it.');
  await aborted(interrupt.signal);
  return 0;
}

async function chooseFiles({ paths, serve }: CommandLine): Promise<LocalFile[]> {
  if (paths.length > 0) return await findFiles(paths);
  return serve ? [] : await findFiles([SAMPLES]);
}

/** Drops the files in, follows them to their end, and says what the table then holds. */
async function run(
  pipeline: LocalPipeline,
  files: readonly LocalFile[],
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const { s3, uploadsBucket, tableName } = pipeline;
  console.log(`Dropping ${filesText(files.length)} into s3://${uploadsBucket}\n`);
  const dropped = dropFiles(s3, uploadsBucket, files);
  const [videos] = await Promise.all([followVideos(pipeline, files, progress, signal), dropped]);
  progress.end();
  console.log(`\n${report(videos, tableName, uploadsBucket)}`);
  const missing = videos.filter((it) => !isFinal(it));
  if (missing.length === 0) {
    console.log(`\nAll done: ${filesText(files.length)} in, each in its final state.`);
    return 0;
  }
  console.error(`\n${missing.length} of ${filesText(files.length)} not in a final state yet:`);
  for (const it of missing) console.error(`  ${printable(it.key)}: ${describeVideo(it)}`);
  return signal.aborted ? INTERRUPTED : 1;
}

function introduction({ kind, baseUrl, uploadRoute }: ProviderChoice): string {
  switch (kind) {
    case 'box':
      return 'No TWELVE_LABS_API_KEY is set: TwelveLabs is simulated on this machine. Its analyses are\nmade up from what a file says of itself; no model sees the videos, and nothing is paid.';
    case 'real':
      return `Using the real TwelveLabs API with your key: analyses cost money. It can't reach this machine,\nso files are sent to it (${uploadRoute}) and results are polled for instead of webhooks.`;
    case 'other':
      return `Using the TwelveLabs API at ${baseUrl}; files reach it by ${uploadRoute === 'url' ? 'URL' : 'direct upload'}.`;
  }
}

function webhookText(
  { webhookUrl }: LocalPipeline,
  { webhookSecret, kind }: ProviderChoice,
): string {
  const how = kind === 'box' ? 'The box posts its webhooks to' : 'Register this webhook there:';
  return `${how} ${webhookUrl}\n  secret ${webhookSecret}`;
}

function filesText(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

function logLine({ functionName, text }: FunctionLogLine): string {
  return `${functionName} ${text}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
