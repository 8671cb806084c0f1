import { Clock } from '../../../local/clock.ts';
import { FollowingProcess } from '../../../local/cloud/following-process.ts';
import type { Bundles, Program } from './bundle.ts';
import { providerBatchIdOf, type Workload } from './content.ts';
import type { Took } from './measured.ts';
import type { ReaderTook } from './programs/measure-reader.ts';
import { runProgram } from './run-program.ts';
import type { AwsReport } from './servers/aws-server.ts';

/** What a collection took, and what AWS saw of it. */
export type CollectorTook = Took & AwsReport;

/** The programs, and the servers that they talk to, each in a process of its own. */
export class World implements AsyncDisposable {
  readonly #bundles: Bundles;
  readonly #provider: FollowingProcess;
  readonly #aws: FollowingProcess;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(
    bundles: Bundles,
    [provider, aws]: readonly [FollowingProcess, FollowingProcess],
    environment: Readonly<Record<string, string>>,
  ) {
    this.#bundles = bundles;
    this.#provider = provider;
    this.#aws = aws;
    this.#environment = environment;
  }

  static async start(bundles: Bundles): Promise<World> {
    await using started = new AsyncDisposableStack();
    const start = async (name: string) => {
      const server = await FollowingProcess.start({
        name,
        module: new URL(`./servers/${name}.ts`, import.meta.url),
        clock: new Clock(),
        environment: {},
        onLine: (_, text) => process.stderr.write(`${name}: ${text}\n`),
      });
      started.defer(() => server.stop(0));
      return server;
    };
    const servers = [await start('provider-server'), await start('aws-server')] as const;
    const [provider, aws] = await Promise.all(
      servers.map((server) => server.request('listen', undefined)),
    );
    const world = new World(bundles, servers, {
      TWELVELABS_BASE_URL: `${provider}/v1.3`,
      AWS_ENDPOINT_URL: String(aws),
    });
    started.move();
    return world;
  }

  /** Reads the results of a workload. */
  async read(program: Program, workload: Workload): Promise<ReaderTook> {
    return (await this.#run(program, workload)) as ReaderTook;
  }

  /** Collects the results of a workload into a table that waits for them. */
  async collect(program: Program, workload: Workload): Promise<CollectorTook> {
    await this.#aws.request('expect', workload);
    const took = (await this.#run(program, workload)) as Took;
    return { ...took, ...((await this.#aws.request('report', undefined)) as AwsReport) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#provider.stop(0);
    await this.#aws.stop(0);
  }

  async #run(program: Program, workload: Workload): Promise<unknown> {
    await this.#provider.request('prepare', workload);
    return await runProgram(this.#bundles.pathOf(program), {
      ...this.#environment,
      PROVIDER_BATCH_ID: providerBatchIdOf(workload),
    });
  }
}
