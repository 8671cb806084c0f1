/** The most memory that this process has had, in bytes. */
export function peakBytes(): number;
