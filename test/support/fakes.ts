import { inspect } from 'node:util';
import { currentSubject } from '../../shared/about.ts';
import type { Log } from '../../shared/observability.ts';
import type { Queue } from '../../shared/queue.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly facts: Record<string, unknown>;
}

/** A log that keeps its lines. */
export interface FakeLog extends Log {
  readonly lines: readonly LogLine[];
  /** The names of the events, in order. */
  events(): string[];
  /** All that was logged, as deep as it goes: for what must not stand in it. */
  text(): string;
}

export function fakeLog(): FakeLog {
  const lines: LogLine[] = [];
  const keep =
    (level: LogLine['level']) =>
    (event: string, facts: Record<string, unknown> = {}) => {
      lines.push({ level, event, facts: { ...currentSubject(), ...facts } });
    };
  return {
    lines,
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    events: () => lines.map(({ event }) => event),
    text: () => inspect(lines, { depth: null }),
  };
}

/** A queue that keeps what it was sent. */
export interface FakeQueue<T> extends Queue<T> {
  readonly sent: readonly { readonly message: T; readonly delaySeconds: number }[];
}

export function fakeQueue<T>(): FakeQueue<T> {
  const sent: { message: T; delaySeconds: number }[] = [];
  return {
    sent,
    send: async (messages, delaySeconds = 0) => {
      for (const message of messages) sent.push({ message, delaySeconds });
    },
  };
}

/** A queue that takes nothing. */
export function brokenQueue<T>(message = 'SQS is away'): Queue<T> {
  return {
    send: async () => {
      throw new Error(message);
    },
  };
}
