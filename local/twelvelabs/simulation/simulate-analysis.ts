import type { MediaFacts } from '../assets/media-facts.ts';
import type { BatchItem } from '../batches/batch.ts';
import type { AnalysisMode } from '../batches/batch-request.ts';
import { analysisWindow } from '../batches/judge-item.ts';
import { padJson, padText } from './pad-result.ts';
import { simulateJson } from './simulate-json.ts';
import { simulateSegments } from './simulate-segments.ts';

/** About what a second of video costs of the context window, so that two hours just fit. */
const TOKENS_PER_SECOND = 32;

const CHARACTERS_PER_TOKEN = 4;

/** The `max_tokens` of an item that doesn't say. */
const DEFAULT_MAX_TOKENS = 4_096;

/** What an analysis yields, on the wire. */
export interface AnalysisResult {
  readonly generation_id: string;
  readonly data: string;
  readonly finish_reason: 'stop' | 'length';
  readonly usage: { readonly output_tokens: number; readonly input_tokens: number };
}

/** The result of an item: plainly simulated, made from the facts of its file, always the same. */
export function simulateAnalysis(mode: AnalysisMode, item: BatchItem): AnalysisResult {
  const whole = simulateData(mode, item);
  const { start, end } = analysisWindow(item.facts, item.settings);
  const prompt = item.settings.prompt?.input_text ?? '';
  return {
    generation_id: `gen_${item.taskId}`,
    data: item.isTruncated ? firstHalf(whole) : whole,
    finish_reason: item.isTruncated ? 'length' : 'stop',
    usage: {
      output_tokens: item.isTruncated
        ? Number(item.settings.max_tokens ?? DEFAULT_MAX_TOKENS)
        : Math.ceil(whole.length / CHARACTERS_PER_TOKEN),
      input_tokens: Math.ceil(
        (end - start) * TOKENS_PER_SECOND + prompt.length / CHARACTERS_PER_TOKEN,
      ),
    },
  };
}

function simulateData(mode: AnalysisMode, item: BatchItem): string {
  const { json_schema: schema } = item.settings.response_format ?? {};
  const window = analysisWindow(item.facts, item.settings);
  if (mode === 'time_based_metadata') {
    return padJson(simulateSegments(item.taskId, window, item.settings), item);
  }
  return schema
    ? padJson(simulateJson(item.taskId, window, schema), item)
    : padText(simulateText(item.facts, item.settings.prompt?.input_text ?? ''), item);
}

/** A character of two units is not torn: that would be no text. */
function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2)).replace(/[\uD800-\uDBFF]$/, '');
}

function simulateText(facts: MediaFacts, prompt: string): string {
  const { video, audio } = facts;
  const picture = video
    ? `${video.width} × ${video.height} at ${video.fps} frames a second, ${video.codec}`
    : 'no picture';
  const sound = audio ? `${audio.codec} sound at ${audio.sampleRate} Hz` : 'no sound';
  const asked = prompt.split(/\s+/).slice(0, 8).join(' ');
  return (
    `Simulated analysis (no model has seen this video): ${facts.durationSeconds} s — ${picture}; ` +
    `${sound}; ${facts.sizeBytes} bytes of ${facts.mimeType}. It was asked: “${asked}…”`
  );
}
