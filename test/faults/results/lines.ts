import { createHash } from 'node:crypto';
import type { Analysis } from '../../../shared/analysis.ts';
import type { Answer } from './answers.ts';
import type { Chance } from './chance.ts';

/** What a line truly says, known from how it was made. */
export type Said =
  | { readonly kind: 'ready'; readonly about: number; readonly ready: Ready }
  | { readonly kind: 'over'; readonly about: number; readonly end: End }
  | { readonly kind: 'open'; readonly about: number; readonly status: string }
  | { readonly kind: 'bad'; readonly code: 'line_unreadable' | 'line_astray' };

export interface Ready {
  readonly answer: Answer;
  readonly taskId: string;
  readonly finishReason?: string;
  readonly usage?: { readonly inputTokens?: number; readonly outputTokens: number };
}

/** An end without an answer. */
export interface End {
  readonly status: 'failed' | 'canceled';
  readonly taskId: string;
  readonly code?: string;
}

/** What the provider would truly say of an item once all is over. */
export type Truth = Extract<Said, { kind: 'ready' | 'over' }>;

export interface MadeLine {
  /** For the tables. */
  readonly name: string;
  /** Without its end. */
  readonly bytes: Buffer;
  readonly said: Said;
}

type Named = Pick<Analysis, 'customId'>;

/** The line of an item as it truly is. */
export function trueLine(chance: Chance, analysis: Named, truth: Truth): MadeLine {
  if (truth.kind === 'over') {
    const { status, code, taskId } = truth.end;
    const error = code === undefined ? { message: 'words' } : { code, message: 'words' };
    const fields = status === 'failed' ? { error: chance.is(0.1) && !code ? null : error } : {};
    const name = status === 'failed' && !code ? 'failed without a code' : status;
    return made(
      chance,
      name,
      { task_id: taskId, custom_id: analysis.customId, status, ...fields },
      truth,
    );
  }
  const { answer, taskId, finishReason, usage } = truth.ready;
  const data = {
    generation_id: 'gen',
    data: answer.data,
    ...(finishReason && { finish_reason: finishReason }),
    ...(usage && {
      usage: { output_tokens: usage.outputTokens, input_tokens: usage.inputTokens ?? null },
    }),
  };
  const line = { task_id: taskId, custom_id: analysis.customId, status: 'ready', data };
  const name =
    answer.data.length > 1e6 ? 'ready, huge' : answer.data.length > 3e4 ? 'ready, large' : 'ready';
  return made(chance, name, line, truth);
}

/** The line of an item that is not over, or of whose answer there is nothing yet. */
export function openLine(chance: Chance, analysis: Named, about: number, status: string): MadeLine {
  const line = { task_id: 'task', custom_id: analysis.customId, status };
  const data = status === 'ready' && chance.is(0.5) ? { data: null } : {};
  const name = status === 'ready' ? 'ready without data' : status;
  return made(chance, name, { ...line, ...data }, { kind: 'open', about, status });
}

/** A line that was right before something happened to it: nobody can read it. */
export function brokenLine(chance: Chance, { bytes }: MadeLine): MadeLine {
  const said = { kind: 'bad', code: 'line_unreadable' } as const;
  const how = chance.weighted({ 'invalid JSON': 2, 'invalid UTF-8': 2, 'wrong shape': 2 });
  if (how === 'invalid JSON') {
    return { name: how, bytes: bytes.subarray(0, chance.whole(1, bytes.length - 1)), said };
  }
  if (how === 'invalid UTF-8') {
    // In its answer, if it has one.
    const member = bytes.includes('"data":"') && chance.is(0.7) ? '"data":"' : '"task_id":"';
    const at = bytes.indexOf(member) + member.length;
    const wrong = chance.pick([[0xff], [0xc3], [0xe6, 0xbc], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]);
    const spoilt = Buffer.concat([bytes.subarray(0, at), Buffer.of(...wrong), bytes.subarray(at)]);
    return { name: how, bytes: spoilt, said };
  }
  const wrong = chance.pick<object>([{ status: null }, { custom_id: 12 }]);
  const line = { ...(JSON.parse(bytes.toString()) as object), ...wrong };
  return { name: how, bytes: Buffer.from(JSON.stringify(line)), said };
}

/** A line as the provider may write it: its members in any order, characters escaped or not. */
export function made(chance: Chance, name: string, line: object, said: Said): MadeLine {
  const members = chance.is(0.3) ? chance.shuffled(Object.entries(line)) : Object.entries(line);
  const text = JSON.stringify(Object.fromEntries(members));
  const isEscaped = chance.is(0.1) && text.length < 5_000;
  const written = isEscaped ? text.replace(/[^\0-\x7f]/g, escaped) : text;
  return { name, bytes: Buffer.from(written), said };
}

/** Of bytes, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
