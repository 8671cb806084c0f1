import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import { type AssetDetailBody, assetDetailBody } from './assets/asset.ts';
import { TempFiles } from './assets/temp-files.ts';
import { Background } from './background.ts';
import { type BatchBody, batchBody } from './batches/batch.ts';
import { type BoxChanges, withChanges } from './change-settings.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import type { Operation } from './http/operation.ts';
import { createServer } from './http/server.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { serveBox } from './serve-box.ts';
import { type BoxSettings, boxSettings, type Plan, plans } from './settings.ts';
import { BoxState } from './state.ts';
import type { WebhookEndpoint } from './webhooks/webhook-endpoint.ts';
import { WebhookSender } from './webhooks/webhook-sender.ts';

/** How a box is set up. */
export interface TwelveLabsBoxOptions extends BoxChanges {
  /** Every timer and timestamp of the box follows it. */
  readonly clock: Clock;
  /** Requests with another `x-api-key` get 401. */
  readonly apiKey: string;
  /** Any free port unless given. */
  readonly port?: number;
  readonly webhooks?: readonly WebhookEndpoint[];
  /** Whose limits apply where `limits` says nothing; `tier1` unless given. */
  readonly plan?: Plan;
}

/** A running stand-in for TwelveLabs. */
export interface TwelveLabsBox {
  /** Ends in `/v1.3`, as the official SDK wants it. */
  readonly baseUrl: string;
  /** What was created and what would have been billed. */
  readonly ledger: Ledger;
  /** What goes wrong. */
  readonly faults: FaultPlan;
  /** Every operation that was asked for with the right key, in the order in which the requests came. */
  readonly requests: readonly Operation[];
  /** What is chosen about the box now. */
  settings(): BoxSettings;
  /** Chooses otherwise from now on; throws a `ZodError` for what can't be chosen. */
  change(changes: BoxChanges): void;
  /** Sends every later notification to this endpoint too. */
  registerWebhook(endpoint: WebhookEndpoint): void;
  /** Sends nothing more to the endpoints with this URL; says whether there were any. */
  removeWebhook(url: string): boolean;
  /** Announces a batch that is over once more; throws an `ApiError` where there is none or it goes on. */
  resendWebhooks(batchId: string): void;
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
  const { clock, apiKey, plan = 'tier1' } = options;
  const ofPlan = boxSettings.parse({ limits: plans[plan] });
  const state = new BoxState(clock, boxSettings.parse(withChanges(ofPlan, options)));
  const ledger = createLedger(state);
  const background = new Background();
  const webhooks = new WebhookSender(options.webhooks ?? [], state, background);
  const files = await TempFiles.create();
  const app = await createServer(state);
  serveBox(app, apiKey, { state, ledger, background, webhooks, files });
  const close = async () => {
    await background.close();
    await app.close();
    webhooks.close();
    await files.close();
  };
  try {
    await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    baseUrl: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1.3`,
    ledger,
    faults: state.faults,
    requests: state.requests,
    settings: () => state.settings,
    change: (changes) => {
      state.settings = boxSettings.parse(withChanges(state.settings, changes));
    },
    registerWebhook: (endpoint) => webhooks.endpoints.push({ ...endpoint }),
    removeWebhook: (url) => webhooks.remove(url),
    resendWebhooks: (batchId) => webhooks.resend(batchId),
    assets: () =>
      [...state.assets.values()].map((each) =>
        assetDetailBody(each, clock.nowMs(), state.switches),
      ),
    batches: () => state.batches().map((each) => batchBody(each, clock.nowMs())),
    settled: () => background.settled(),
    close,
  };
}
