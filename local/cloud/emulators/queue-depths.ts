import type { FastifyInstance } from 'fastify';

/** What lies in a queue, and until when on the clock. */
export interface QueueDepth {
  /** Messages that can be received now. */
  readonly visible: number;
  /** When each delayed message becomes visible. */
  readonly delayedUntilMs: readonly number[];
  /** The received ones: by receipt handle, when each becomes visible again. */
  readonly inFlightUntilMs: Readonly<Record<string, number>>;
}

interface Counts {
  readonly name: string;
  readonly approximateMessageCount: number;
  readonly approximateInflightCount: number;
  readonly approximateDelayedCount: number;
}

interface Inspection {
  readonly messages: {
    readonly delayed: readonly { readonly delayUntil: number }[];
    readonly inflight: readonly {
      readonly receiptHandle: string;
      readonly visibilityDeadline: number;
    }[];
  };
}

/** The depth of every queue, by name. */
export async function queueDepths(app: FastifyInstance): Promise<Record<string, QueueDepth>> {
  const counts = (await app.inject('/_fauxqs/queues')).json<Counts[]>();
  const depths: Record<string, QueueDepth> = {};
  for (const queue of counts) {
    // Looking into a queue writes out all its messages: not for a long one that is busy anyway.
    const waits = queue.approximateInflightCount + queue.approximateDelayedCount > 0;
    depths[queue.name] = {
      visible: queue.approximateMessageCount,
      delayedUntilMs: [],
      inFlightUntilMs: {},
      ...(waits && queue.approximateMessageCount === 0 && (await inspect(app, queue.name))),
    };
  }
  return depths;
}

async function inspect(app: FastifyInstance, name: string) {
  const { messages } = (await app.inject(`/_fauxqs/queues/${name}`)).json<Inspection>();
  const inFlight = messages.inflight.map((one) => [one.receiptHandle, one.visibilityDeadline]);
  return {
    delayedUntilMs: messages.delayed.map((message) => message.delayUntil),
    inFlightUntilMs: Object.fromEntries(inFlight) as Record<string, number>,
  };
}
