/**
 * In a bundle this takes the place of `@smithy/core/event-streams`, for operations whose body is a
 * stream of events (SelectObjectContent, say). We call none. The SDK imports it dynamically, for
 * which esbuild keeps all that lies below it, used or not.
 */
export const eventStreamSerdeProvider = () => ({ serialize: refuse, deserialize: refuse });

/** What a client does of it when it is made. */
export function resolveEventStreamSerdeConfig<T extends object>(config: T) {
  return Object.assign(config, { eventStreamMarshaller: eventStreamSerdeProvider() });
}

/** What an operation would do of it. */
export class EventStreamSerde {
  constructor() {
    refuse();
  }
}

function refuse(): never {
  throw new Error('no event streams: shared/stand-ins/no-event-streams.ts stands in for them');
}
