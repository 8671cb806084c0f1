import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type AssetDetailBody, assetDetailBody } from './assets/asset.ts';
import { serveAssets } from './assets/serve-assets.ts';
import { Background, Lane } from './background.ts';
import { type BatchBody, batchBody } from './batches/batch.ts';
import { serveBatches } from './batches/serve-batches.ts';
import { serveTasks } from './batches/serve-tasks.ts';
import { createServer } from './http/server.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type BoxLimits, type BoxTiming, defaultLimits, defaultTiming } from './settings.ts';
import { BoxState } from './state.ts';
import { type WebhookEndpoint, WebhookSender } from './webhooks/webhook-sender.ts';

/** URLs that are read at the same time. */
const FETCHES_AT_ONCE = 8;

/** How a box is set up. */
export interface TwelveLabsBoxOptions {
  /** Every timer and timestamp of the box follows it. */
  readonly clock: Clock;
  /** Requests with another `x-api-key` get 401. */
  readonly apiKey: string;
  /** Any free port unless given. */
  readonly port?: number;
  readonly webhooks?: readonly WebhookEndpoint[];
  readonly timing?: Partial<BoxTiming>;
  readonly limits?: Partial<BoxLimits>;
}

/** A running stand-in for TwelveLabs. */
export interface TwelveLabsBox {
  /** Ends in `/v1.3`, as the official SDK wants it. */
  readonly baseUrl: string;
  /** What was created and what would have been billed. */
  readonly ledger: Ledger;
  /** Sends every later notification to this endpoint too. */
  registerWebhook(endpoint: WebhookEndpoint): void;
  /** The assets as the API would show them now, oldest first. */
  assets(): readonly AssetDetailBody[];
  /** The batches as the API would show them now, oldest first. */
  batches(): readonly BatchBody[];
  /** Resolves when no URL is being fetched and no webhook is being delivered. */
  settled(): Promise<void>;
  /** Stops it; leaves no timer, socket or file behind. */
  close(): Promise<void>;
}

/** Starts a stand-in for TwelveLabs on 127.0.0.1. */
export async function startTwelveLabsBox(options: TwelveLabsBoxOptions): Promise<TwelveLabsBox> {
  const { clock } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const state = new BoxState(clock, timing, { ...defaultLimits, ...options.limits });
  const background = new Background();
  const webhooks = new WebhookSender(options.webhooks ?? [], state, background);
  const app = await createServer(options.apiKey);
  const folder = await mkdtemp(join(tmpdir(), `twelvelabs-box-${process.pid}-`));
  await app.register(
    (api, _, done) => {
      serveAssets(api, { state, background, folder, fetches: new Lane(FETCHES_AT_ONCE) });
      serveBatches(api, state, webhooks);
      serveTasks(api, state);
      done();
    },
    { prefix: '/v1.3' },
  );
  const close = async () => {
    await background.close();
    await app.close();
    webhooks.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    baseUrl: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1.3`,
    ledger: createLedger(state),
    registerWebhook: (endpoint) => webhooks.endpoints.push(endpoint),
    assets: () => [...state.assets.values()].map((each) => assetDetailBody(each, clock.nowMs())),
    batches: () => state.batches().map((each) => batchBody(each, clock.nowMs())),
    settled: () => background.settled(),
    close,
  };
}
