/** What the emulators were asked for since they started. */
export interface EmulatorReading {
  /** By `service.operation by caller`, as AWS counts requests. */
  readonly requests: Readonly<Record<string, number>>;
  /** By the kind of row and its move, as `video received to waiting`. */
  readonly writes: Readonly<Record<string, Writes>>;
  /** By kind: what lies in the table now, and in its indexes. */
  readonly stored: Readonly<Record<string, Stored>>;
  /** Rows written with a result: their bytes with and without it. */
  readonly results: {
    readonly rows: number;
    readonly bytes: number;
    readonly bytesWithout: number;
  };
  readonly readUnits: number;
}

export interface Writes {
  readonly count: number;
  readonly tableUnits: number;
  readonly indexUnits: number;
}

export interface Stored {
  readonly rows: number;
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** What one function did since it started, in all its processes. */
export interface FunctionReading {
  readonly invocations: number;
  /** User and system, of invocations; loading the code is not in it. */
  readonly cpuMs: number;
  readonly loads: number;
  readonly loadCpuMs: number;
  readonly awsCalls: number;
  readonly providerCalls: number;
  readonly logLines: number;
  readonly logBytes: number;
}

/** Begins the line by which a function's process tells of an invocation. */
export const METER_LINE = 'reelbatch-meter ';
