import { expect, it } from 'vitest';
import type { RowKey } from '../../../../shared/store/keys.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { startTable } from '../../../support/start-table.ts';

/** Above the 1 MB of a page. */
const items = Array.from({ length: 60 }, (_, at) => ({
  pk: `VIDEO#${at % 7}`,
  sk: String(at),
  text: 'x'.repeat(30_000),
}));

it.each([
  ['in memory', async () => createMemoryTable()],
  ['as DynamoDB is', startTable],
])('page by page each item of a table %s is read once', async (_, start) => {
  const table = await start();
  await table.putAll(items);
  const seen: unknown[] = [];
  let pages = 0;
  let next: RowKey | undefined;
  do {
    const page = await table.page(next);
    seen.push(...page.items.map(({ sk }) => sk));
    next = page.next;
    pages += 1;
  } while (next);
  expect(pages).toBeGreaterThan(1);
  expect(seen).toHaveLength(60);
  expect(new Set(seen).size).toBe(60);
});
