import { interceptInvocations, recordsOf } from '../../support/intercept-invocations.ts';

/** What became of one function. */
export interface Watched {
  invocations: number;
  /** Invocations that ended without an answer: killed, timed out, crashed. */
  broken: number;
  /** Messages that its queue gave it, again and again included. */
  received: number;
  /** Of these the ones that its queue had given before. */
  receivedAgain: number;
}

/** Counts what the functions of this process's cloud are called with; dispose of it to stop. */
export interface InvocationWatch extends Disposable {
  /** By the name of the function in the stack, as `AcceptUpload`. */
  readonly functions: ReadonlyMap<string, Watched>;
}

/**
 * Watches at the one place through which every call of a function goes. What a message of a queue
 * holds is told to `onMessage` before the function has it.
 */
export function watchInvocations(
  onMessage: (functionName: string, body: string) => void,
): InvocationWatch {
  const functions = new Map<string, Watched>();
  const interception = interceptInvocations(async ({ functionName, event, run }) => {
    const watched = functions.get(functionName) ?? emptyWatch();
    functions.set(functionName, watched);
    watched.invocations += 1;
    for (const { body, attributes } of recordsOf(event)) {
      watched.received += 1;
      if (Number(attributes.ApproximateReceiveCount) > 1) watched.receivedAgain += 1;
      onMessage(functionName, body);
    }
    const outcome = await run(event);
    if (!outcome.ok) watched.broken += 1;
    return outcome;
  });

  return { functions, [Symbol.dispose]: () => interception[Symbol.dispose]() };
}

function emptyWatch(): Watched {
  return { invocations: 0, broken: 0, received: 0, receivedAgain: 0 };
}

/** A line for each function: what it cost an upload. */
export function functionRows(watch: InvocationWatch, uploads: number) {
  const rows = [...watch.functions].map(([name, it]) => [
    name,
    it.invocations,
    it.invocations / uploads,
    it.received,
    it.received / uploads,
    it.receivedAgain,
    it.broken,
  ]);
  const head = ['function', 'invocations', 'an upload', 'received', 'an upload', 'again', 'broken'];
  return [head, ...rows];
}
