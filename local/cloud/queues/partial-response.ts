/**
 * The ids of the messages that a batch's response reports as failed; 'all' when Lambda would
 * take the whole batch as failed: an unknown id, an empty one, or a shape it can't read.
 */
export function failedMessages(
  payload: unknown,
  messageIds: ReadonlySet<string>,
): ReadonlySet<string> | 'all' {
  if (payload === null) return new Set();
  if (typeof payload !== 'object') return 'all';
  const { batchItemFailures = null } = payload as { batchItemFailures?: unknown };
  if (batchItemFailures === null) return new Set();
  if (!Array.isArray(batchItemFailures)) return 'all';
  const failed = batchItemFailures.map((failure: unknown) =>
    typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
      ? failure.itemIdentifier
      : undefined,
  );
  const isKnown = (id: unknown): id is string => typeof id === 'string' && messageIds.has(id);
  return failed.every(isKnown) ? new Set(failed) : 'all';
}
