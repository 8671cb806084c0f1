import type { MediaFacts } from '../assets/media-facts.ts';
import type { BatchItem } from '../batches/batch.ts';
import type { AnalysisMode } from '../batches/batch-request.ts';
import { analysisWindow } from '../batches/judge-item.ts';
import { simulateJson } from './simulate-json.ts';
import { simulateSegments } from './simulate-segments.ts';

/** About what a second of video costs of the context window, so that two hours just fit. */
const TOKENS_PER_SECOND = 32;

const CHARACTERS_PER_TOKEN = 4;

/** The result of an item: plainly simulated, made from the facts of its file, always the same. */
export function simulateAnalysis(mode: AnalysisMode, item: BatchItem) {
  const data = simulateData(mode, item);
  const { start, end } = analysisWindow(item.facts, item.settings);
  const prompt = item.settings.prompt?.input_text ?? '';
  return {
    generation_id: `gen_${item.taskId}`,
    data,
    finish_reason: 'stop',
    usage: {
      output_tokens: Math.ceil(data.length / CHARACTERS_PER_TOKEN),
      input_tokens: Math.ceil(
        (end - start) * TOKENS_PER_SECOND + prompt.length / CHARACTERS_PER_TOKEN,
      ),
    },
  };
}

function simulateData(mode: AnalysisMode, item: BatchItem): string {
  const { response_format: format } = item.settings;
  const window = analysisWindow(item.facts, item.settings);
  if (mode === 'time_based_metadata') {
    return JSON.stringify(simulateSegments(item.taskId, window, item.settings));
  }
  return format?.json_schema
    ? JSON.stringify(simulateJson(item.taskId, window, format.json_schema))
    : simulateText(item.facts, item.settings.prompt?.input_text ?? '');
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
