/** One request of a function to the outside. */
export interface Call {
  readonly functionName: string;
  /** Of the invocation that made it. */
  readonly requestId: string;
  /** The service and the operation: `dynamodb UpdateItem`. */
  readonly name: string;
  /** Which of its name it is in its invocation, from 1 on. */
  readonly nth: number;
  /** Which invocation of the function in this life came so far, from 1 on. */
  readonly invocation: number;
}

/**
 * The death of a function at one of its requests: `before` it was sent, or `after` it was answered and
 * before the function saw the answer.
 */
export interface Blow {
  readonly at: Call;
  readonly how: 'before' | 'after';
}

/** What asks and does not change anything. */
const READ =
  /^(dynamodb (Get|BatchGet|Query)|s3 (Get|HEAD|List)|secretsmanager Get|twelvelabs GET)/;

/**
 * Remembers what has been struck. An invocation whose requests are those of another one of its function
 * is not struck again: it was the same thing in another video's life.
 */
export class Struck {
  readonly #known = new Set<string>();

  /** The invocations among these that are unlike any before, each with its calls. */
  takeNew(calls: readonly Call[]): Call[][] {
    return invocationsOf(calls).filter((its) => {
      const shape = shapeOf(its);
      const isNew = !this.#known.has(shape);
      this.#known.add(shape);
      return isNew;
    });
  }
}

/** The calls of each invocation, in the order in which the invocations made their first. */
export function invocationsOf(calls: readonly Call[]): Call[][] {
  return [...Map.groupBy(calls, ({ requestId }) => requestId).values()];
}

/**
 * Every way in which an invocation that makes these calls can die, as the outside sees it: before the
 * first of them, and before and after each that changes something. To die after one of these is to
 * die before the next, where that follows at once.
 */
export function blowsAt(calls: readonly Call[]): Blow[] {
  return calls.flatMap((at, index): Blow[] => {
    const next = calls[index + 1];
    const isLeft = isChange(at) && !(next && isChange(next));
    return [
      ...(isChange(at) || index === 0 ? [{ at, how: 'before' } as const] : []),
      ...(isLeft ? [{ at, how: 'after' } as const] : []),
    ];
  });
}

function isChange({ name }: Call): boolean {
  return !READ.test(name);
}

/** Where a call stands in a life: in another life with the same beginning it stands there too. */
export function placeOf({ functionName, name, nth, invocation }: Call): string {
  return `${functionName}: ${name} ${nth}, invocation ${invocation}`;
}

/** Requests that run side by side may come in another order, and secrets are kept in memory for a while. */
function shapeOf(calls: readonly Call[]): string {
  const names = calls.map(({ name }) => name).filter((name) => !name.startsWith('secretsmanager'));
  return `${calls[0]?.functionName}: ${names.toSorted().join()}`;
}
