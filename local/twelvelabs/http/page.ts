import * as z from 'zod';

/** A query parameter that may be repeated. */
export function repeated<T extends z.ZodType>(item: T) {
  return z.union([z.array(item), item.transform((one) => [one])]).optional();
}

/** The query parameters that every list has. */
export const pageQuery = {
  page: z.coerce.number().int().min(1).default(1),
  page_limit: z.coerce.number().int().min(1).max(50).default(10),
};

/** One page of `all`, newest first as the provider has it; `all` is oldest first. */
export function pageOf<T, B>(
  all: readonly T[],
  query: { readonly page: number; readonly page_limit: number },
  body: (one: T) => B,
): object {
  const { page, page_limit: limit } = query;
  return {
    data: all
      .toReversed()
      .slice((page - 1) * limit, page * limit)
      .map(body),
    page_info: {
      limit_per_page: limit,
      page,
      total_page: Math.ceil(all.length / limit),
      total_results: all.length,
    },
  };
}
