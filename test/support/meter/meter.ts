import {
  FollowingProcess,
  type FollowingProcessOptions,
} from '../../../local/cloud/following-process.ts';
import { type EmulatorReading, type FunctionReading, METER_LINE } from './readings.ts';

/** CloudWatch Logs bills so much beside the text of each event. */
const EVENT_BYTES = 26;

/** Everything that a cloud was asked for, and what its functions took, since it started. */
export interface MeterReading {
  readonly emulators: EmulatorReading;
  /** By the name of the function in the template, as `AcceptUpload`. */
  readonly functions: Readonly<Record<string, FunctionReading>>;
  /** How often functions published a metric, each with its dimensions. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Counts for the next cloud that is started in this process; dispose of it to start others without.
 */
export interface Meter extends Disposable {
  read(): Promise<MeterReading>;
}

const nothing = {
  invocations: 0,
  cpuMs: 0,
  loads: 0,
  loadCpuMs: 0,
  awsCalls: 0,
  providerCalls: 0,
  logLines: 0,
  logBytes: 0,
};

/** Puts a meter into every process of the clouds that are started from now on. */
export function startMeter(): Meter {
  const { start } = FollowingProcess;
  const functions: Record<string, typeof nothing> = {};
  const metrics: Record<string, number> = {};
  let emulators: FollowingProcess | undefined;
  FollowingProcess.start = async (options) => {
    const isEmulators = options.module.pathname.endsWith('/emulator-process.ts');
    const module = isEmulators ? './emulator-meter.ts' : './function-meter.ts';
    const name = functionName(options.name);
    const onLine: FollowingProcessOptions['onLine'] = (stream, text) => {
      if (isEmulators) return options.onLine?.(stream, text);
      functions[name] ??= { ...nothing };
      const reading = functions[name];
      if (text.startsWith(METER_LINE)) return noteMeter(reading, text.slice(METER_LINE.length));
      reading.logLines += 1;
      reading.logBytes += Buffer.byteLength(text) + EVENT_BYTES;
      for (const metric of metricsIn(text)) metrics[metric] = (metrics[metric] ?? 0) + 1;
      options.onLine?.(stream, text);
    };
    const nodeArguments = [
      ...(options.nodeArguments ?? []),
      '--import',
      new URL(module, import.meta.url).href,
    ];
    const started = await start.call(FollowingProcess, { ...options, nodeArguments, onLine });
    if (isEmulators) emulators = started;
    return started;
  };
  return {
    async read() {
      if (!emulators) throw new Error('no cloud was started since the meter was');
      const reading = (await emulators.request('take-meter', undefined)) as EmulatorReading;
      return {
        emulators: reading,
        functions: structuredClone(functions),
        metrics: { ...metrics },
      };
    },
    [Symbol.dispose]() {
      FollowingProcess.start = start;
    },
  };
}

/** `Reelbatch-AcceptUploadFunction0A1B2C3D` is `AcceptUpload`. */
function functionName(name: string): string {
  return name.replace(/^.*?-/, '').replace(/(Function)?[0-9A-F]{8}$/, '');
}

interface Took {
  readonly what: 'load' | 'invoke';
  readonly cpuMs: number;
  readonly awsCalls: number;
  readonly providerCalls: number;
}

function noteMeter(reading: typeof nothing, text: string): void {
  const { what, cpuMs, awsCalls, providerCalls } = JSON.parse(text) as Took;
  reading.awsCalls += awsCalls;
  reading.providerCalls += providerCalls;
  if (what === 'load') {
    reading.loads += 1;
    reading.loadCpuMs += cpuMs;
  } else {
    reading.invocations += 1;
    reading.cpuMs += cpuMs;
  }
}

interface Embedded {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** Each metric of a line of embedded metrics, with its dimensions. */
function metricsIn(text: string): string[] {
  if (!text.includes('"_aws"')) return [];
  const line = JSON.parse(text) as Embedded & Readonly<Record<string, unknown>>;
  return (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Dimensions: sets, Metrics: metrics }) =>
    sets.flatMap((names) => {
      const dimensions = names.map((it) => `${it}=${String(line[it])}`).join(',');
      return metrics.map(({ Name: name }) => `${name} ${dimensions}`);
    }),
  );
}
