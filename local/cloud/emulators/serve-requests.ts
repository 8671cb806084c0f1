/** What a child process answers, by the name of the request. */
export type RequestHandlers = Readonly<Record<string, (payload: never) => unknown>>;

interface Request {
  readonly type: string;
  readonly sequence: number;
  readonly name: string;
  readonly payload: never;
}

/** Answers the parent's requests for as long as the parent lives, and ends with it. */
export function serveRequests(handlers: RequestHandlers): void {
  process.channel?.ref();
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group of processes; the parent decides when we end.
  process.on('SIGINT', () => {});
  process.on('message', (message: Request) => {
    if (message.type === 'request') void answer(handlers, message);
  });
}

async function answer(handlers: RequestHandlers, { sequence, name, payload }: Request) {
  try {
    const value = await handlers[name]?.(payload);
    process.send?.({ type: 'reply', sequence, value });
  } catch (error) {
    process.send?.({
      type: 'reply',
      sequence,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}
