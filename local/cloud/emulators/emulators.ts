import type { Clock } from '../../clock.ts';
import type { AccessPlan } from '../access/access-plan.ts';
import type { AccessRecord } from '../access/authorizer.ts';
import type { GrantUse } from '../access/service-calls.ts';
import { FollowingProcess } from '../following-process.ts';
import type { DescribedStack } from './cloudformation.ts';
import type { QueueDepth } from './queue-depths.ts';
import type { QueueNotification } from './s3/s3-events.ts';
import type { InitialSecret } from './secrets-manager.ts';

/** Where the emulators listen on 127.0.0.1; 0 asks for any free port. */
export interface EmulatorPorts {
  readonly s3AndSqs: number;
  readonly dynamodb: number;
  readonly secretsManager: number;
  readonly cloudFormation: number;
}

const GRACE_MS = 500;

/** S3, SQS, DynamoDB, Secrets Manager and CloudFormation in one process, on the cloud's clock. */
export class Emulators {
  readonly #process: FollowingProcess;
  readonly ports: EmulatorPorts;

  private constructor(process: FollowingProcess, ports: EmulatorPorts) {
    this.#process = process;
    this.ports = ports;
  }

  static async start(
    clock: Clock,
    ports: EmulatorPorts,
    onLine: (stream: 'stdout' | 'stderr', text: string) => void,
  ): Promise<Emulators> {
    const process = await FollowingProcess.start({
      name: 'the process of the emulators',
      module: new URL('./emulator-process.ts', import.meta.url),
      clock,
      environment: {},
      onLine,
    });
    try {
      return new Emulators(process, (await process.request('listen', ports)) as EmulatorPorts);
    } catch (error) {
      await process.stop(0);
      throw error;
    }
  }

  /** Resolves, with how they ended, when the emulators are gone. */
  get exited(): Promise<string> {
    return this.#process.exited;
  }

  async addSecrets(secrets: readonly InitialSecret[]): Promise<void> {
    await this.#process.request('add-secrets', secrets);
  }

  async addStack(stack: DescribedStack): Promise<void> {
    await this.#process.request('add-stack', stack);
  }

  /** Lets queues hear of what happens in a bucket. */
  async notifyQueues(bucket: string, notifications: readonly QueueNotification[]): Promise<void> {
    await this.#process.request('notify-queues', { bucket, notifications });
  }

  /** Lets functions do what their roles allow; `used` is what Lambda itself does with these rights. */
  async setAccess(plan: AccessPlan, used: readonly GrantUse[]): Promise<void> {
    await this.#process.request('set-access', { plan, used });
  }

  async accessRecord(): Promise<AccessRecord> {
    return (await this.#process.request('access-record', undefined)) as AccessRecord;
  }

  async queueDepths(): Promise<Record<string, QueueDepth>> {
    return (await this.#process.request('queue-depths', undefined)) as Record<string, QueueDepth>;
  }

  stop(): Promise<void> {
    return this.#process.stop(GRACE_MS);
  }
}
