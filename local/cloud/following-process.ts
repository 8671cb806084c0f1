import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock, ClockReading } from '../clock.ts';
import { CloudError } from './cloud-error.ts';

const FOLLOW_CLOCK = new URL('../follow-clock.mjs', import.meta.url).href;

export interface FollowingProcessOptions {
  readonly name: string;
  readonly module: URL;
  readonly clock: Clock;
  /** All of the child's environment: nothing of ours is passed on unasked. */
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeArguments?: readonly string[];
  readonly workingDirectory?: string;
  readonly onLine?: (stream: 'stdout' | 'stderr', text: string) => void;
}

interface Message {
  readonly type: string;
  readonly sequence: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

/** A child process on the cloud's clock that answers requests; it ends when we do. */
export class FollowingProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;
  #ending: string | undefined;
  #unfollow: () => void = () => {};
  /** Resolves, with how it ended, when the process is gone. */
  readonly exited: Promise<string>;

  private constructor(options: FollowingProcessOptions) {
    this.#name = options.name;
    this.#child = fork(fileURLToPath(options.module), [], {
      env: { ...options.environment },
      execArgv: ['--import', FOLLOW_CLOCK, ...(options.nodeArguments ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(options.workingDirectory && { cwd: options.workingDirectory }),
    });
    this.#child.on('message', (message) => this.#settle(message as Message));
    for (const stream of ['stdout', 'stderr'] as const) {
      const input = this.#child[stream];
      if (input) createInterface({ input }).on('line', (text) => options.onLine?.(stream, text));
    }
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(this.#end(`failed: ${error.message}`)));
      this.#child.once('exit', (code, signal) =>
        resolve(this.#end(signal ? `signal: ${signal}` : `exit status ${code}`)),
      );
    });
  }

  /** Starts the process; resolves once its `Date` is the clock's. */
  static async start(options: FollowingProcessOptions): Promise<FollowingProcess> {
    const process = new FollowingProcess(options);
    process.#unfollow = await options.clock.follow({
      setClock: (reading) => process.#setClock(reading),
    });
    if (process.#ending) process.#unfollow();
    return process;
  }

  /** How the process ended, or undefined while it runs. */
  get ending(): string | undefined {
    return this.#ending;
  }

  /** The child's answer to a request; rejects when it refuses, or ends before it answers. */
  async request(name: string, payload: unknown): Promise<unknown> {
    const reply = await this.#send({ type: 'request', name, payload });
    if (reply.error !== undefined) throw new CloudError(reply.error);
    return reply.value;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Lets the process end by itself for `graceMs`, then kills it. */
  async stop(graceMs: number): Promise<void> {
    if (this.#ending) return;
    this.#unfollow();
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.exited;
    clearTimeout(timer);
  }

  async #setClock(reading: ClockReading): Promise<void> {
    try {
      await this.#send({ type: 'set-clock', reading });
    } catch (error) {
      // A process that is gone follows no clock: nothing to wait for.
      if (!this.#ending && this.#child.connected) throw error;
    }
  }

  #send(message: Record<string, unknown>): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (this.#ending) return reject(this.#endedError());
      const sequence = this.#sequence++;
      this.#waiting.set(sequence, { resolve, reject });
      this.#child.send({ ...message, sequence }, (error) => {
        if (error && this.#waiting.delete(sequence)) reject(error);
      });
    });
  }

  #settle(message: Message): void {
    const waiting = this.#waiting.get(message.sequence);
    this.#waiting.delete(message.sequence);
    waiting?.resolve(message);
  }

  #end(ending: string): string {
    this.#ending ??= ending;
    this.#unfollow();
    for (const waiting of this.#waiting.values()) waiting.reject(this.#endedError());
    this.#waiting.clear();
    return this.#ending;
  }

  #endedError(): Error {
    return new CloudError(`${this.#name} ended (${this.#ending})`);
  }
}
