/** What the header of a file claims, as it stands there. */
export interface HeaderClaims {
  readonly durationSeconds: number | undefined;
  /** One for each picture track. */
  readonly pictures: readonly Picture[];
}

/** The size in which pictures are stored; 0 if it is not said. */
export interface Picture {
  readonly widthPixels: number;
  readonly heightPixels: number;
}
