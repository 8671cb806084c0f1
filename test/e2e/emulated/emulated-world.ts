import type { TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import type { Cdk } from './cdk.ts';
import type { Clients, DeployedStack } from './deployed-stack.ts';
import type { Emulator } from './emulator.ts';
import type { Surroundings } from './run-program.ts';
import type { Steps } from './steps.ts';

/** All that the steps of a run share. */
export interface EmulatedWorld {
  readonly steps: Steps;
  /** The folder of the run, and the environment that leads to the emulator. */
  readonly surroundings: Surroundings;
  readonly emulator: Emulator;
  readonly clients: Clients;
  readonly cdk: Cdk;
  readonly box: TwelveLabsBox;
  /** The one that the box takes. */
  readonly apiKey: string;
  /** What it signs its webhooks with. */
  readonly webhookSecret: string;
}

/** The world with the stack as it was deployed last. */
export interface DeployedWorld extends EmulatedWorld {
  readonly stack: DeployedStack;
}
