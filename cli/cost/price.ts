/** A list price of us-east-1, in US dollars, first tier. */
export interface Price {
  readonly service: string;
  /** What one of it is, as in "write unit". */
  readonly unit: string;
  readonly dollars: number;
  /** For how many of the unit. */
  readonly per: number;
  /** How many AWS gives away each month, for ever; none when left out. */
  readonly free?: number;
  /** Where AWS, or the provider, publishes it. */
  readonly page: string;
  /**
   * How it was checked on `PRICES_CHECKED_ON`: read on a stored copy of that page, or found in
   * agreeing summaries by others, or known and not found again.
   */
  readonly sure: 'page' | 'summaries' | 'known';
}

export const PRICES_CHECKED_ON = '2026-11-22';
export const REGION = 'us-east-1';
