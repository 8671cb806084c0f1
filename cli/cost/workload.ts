/** What is to be reckoned. */
export interface Workload {
  readonly videos: number;
  /** Of each video. */
  readonly minutes: number;
  /** Of each file. */
  readonly megabytes: number;
  /** Profiles that ask something of each video: as many analyses. */
  readonly profiles: number;
  /** Of each analysis. */
  readonly resultKilobytes: number;
  /** How long files, results and rows are kept. */
  readonly monthsKept: number;
  /** What the provider takes for a minute of video, in dollars. */
  readonly pricePerMinute: number;
}
