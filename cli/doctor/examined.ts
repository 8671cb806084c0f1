import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Store } from '../../shared/store/store.ts';
import type { Table } from '../../shared/store/table.ts';
import type { TwelveLabs } from '../../shared/twelvelabs/client.ts';
import type { FoundStack, StackResource } from '../find-stack.ts';
import type { Line } from './line.ts';

/** The stack under examination, and the ways into it. */
export interface Examined {
  readonly stack: FoundStack;
  /** The value of an output. @throws OutputMissingError */
  readonly output: (name: string) => string;
  readonly resources: () => Promise<readonly StackResource[]>;
  readonly table: () => Table;
  readonly store: () => Store;
  readonly provider: () => TwelveLabs;
  readonly apiKey: () => Promise<string>;
  readonly webhookSecret: () => Promise<string>;
  readonly sqs: SQSClient;
  /** The time by AWS's clock, as far as it is known: this machine's may be wrong. */
  readonly now: () => Date;
  /** This machine's clock less AWS's; undefined when AWS did not tell. */
  readonly awsOffsetSeconds: number | undefined;
  /** What has to be taken back even if the doctor is interrupted. */
  readonly cleanup: AsyncDisposableStack;
  /** How long an event may take to the other end. */
  readonly waitSeconds: number;
  /** Aborted when the doctor is interrupted. */
  readonly signal: AbortSignal;
}

/** One thing to look at; what it throws is told under its name. */
export interface Check {
  readonly name: string;
  readonly run: (examined: Examined) => Promise<readonly Line[]>;
}

/** Where a function logs, for the end of a sentence; empty where that can't be found. */
export async function logOf({ resources }: Examined, functionName: string): Promise<string> {
  const parts = await resources().catch(() => []);
  const group = parts.find(
    ({ type, logicalId }) => type === 'AWS::Logs::LogGroup' && logicalId.startsWith(functionName),
  );
  return group ? `; its log is ${group.physicalId}` : '';
}
