import { isProviderError, ProviderRefusedError } from '../../shared/twelvelabs/errors.ts';
import { awsWords } from '../aws-words.ts';
import { checkApiKey } from './api-key.ts';
import { checkMachineClock, checkPipelineClock } from './clocks.ts';
import type { Check, Examined } from './examined.ts';
import { checkForgedEvent } from './forged-event.ts';
import { failed, type Line } from './line.ts';
import { checkQueues } from './queues.ts';
import { checkRegistration } from './registration.ts';
import { checkSlots } from './slots.ts';
import { checkUploadRate } from './upload-rate.ts';
import { checkWaiting } from './waiting.ts';
import { checkWebhook } from './webhook.ts';

/** All that is looked at, in the order in which it is told. */
const checks: readonly Check[] = [
  checkMachineClock,
  checkApiKey,
  checkSlots,
  checkUploadRate,
  checkForgedEvent,
  checkWebhook,
  checkRegistration,
  checkQueues,
  checkWaiting,
  checkPipelineClock,
];

/** Runs all checks side by side, and gives their lines in order, as they are there. */
export async function* runChecks(examined: Examined): AsyncGenerator<Line> {
  const running = checks.map((check) => linesOf(check, examined));
  for (const lines of running) yield* await lines;
}

/** What a check throws is a line of it: the others go on. */
async function linesOf({ name, run }: Check, examined: Examined): Promise<readonly Line[]> {
  try {
    return await run(examined);
  } catch (error) {
    return [failed(name, wordsOf(error))];
  }
}

/** A refusal by its code alone: TwelveLabs' words may quote the key. */
function wordsOf(error: unknown): string {
  if (!isProviderError(error)) return awsWords(error);
  if (!(error instanceof ProviderRefusedError))
    return `no answer from TwelveLabs: ${error.message}`;
  return `TwelveLabs answers HTTP ${error.status} ${error.providerCode}; see the line on the API key`;
}
