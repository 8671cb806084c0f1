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
import type { FaultPlan } from './faults/fault-plan.ts';
import { spoilRequests } from './faults/spoil-requests.ts';
import type { Operation } from './http/operation.ts';
import { createServer, requireKey } from './http/server.ts';
import { createLedger, type Ledger } from './ledger.ts';
import {
  type BoxLimits,
  type BoxSettings,
  type BoxTiming,
  boxSettings,
  type Plan,
  plans,
} from './settings.ts';
import { BoxState } from './state.ts';
import type { BoxSwitches } from './switches.ts';
import { type WebhookEndpoint, WebhookSender } from './webhooks/webhook-sender.ts';

/** URLs that are read at the same time. */
const FETCHES_AT_ONCE = 8;

/** What can be changed about a box: what is left out stays as it is. */
export interface BoxChanges {
  readonly timing?: Partial<BoxTiming>;
  readonly limits?: Partial<BoxLimits>;
  readonly switches?: Partial<BoxSwitches>;
}

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
  const state = new BoxState(clock, boxSettings.parse({ limits: plans[plan] }));
  const change = (changes: BoxChanges) => {
    state.settings = changed(state.settings, changes);
  };
  change(options);
  const background = new Background();
  const webhooks = new WebhookSender(options.webhooks ?? [], state, background);
  const app = await createServer(state);
  const folder = await mkdtemp(join(tmpdir(), `twelvelabs-box-${process.pid}-`));
  await app.register(
    (api, _, done) => {
      api.addHook('onRequest', async (request) => {
        requireKey(request, apiKey);
        const { operation } = request.routeOptions.config;
        if (operation) state.requests.push(operation);
        if (request.method !== 'GET') return;
        state.rates.take('reads', state.limits, clock.nowMs());
      });
      spoilRequests(api, state, background.signal);
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
    faults: state.faults,
    requests: state.requests,
    settings: () => state.settings,
    change,
    registerWebhook: (endpoint) => webhooks.endpoints.push(endpoint),
    assets: () => [...state.assets.values()].map((each) => assetDetailBody(each, clock.nowMs())),
    batches: () => state.batches().map((each) => batchBody(each, clock.nowMs())),
    settled: () => background.settled(),
    close,
  };
}

function changed(settings: BoxSettings, { timing, limits, switches }: BoxChanges): BoxSettings {
  return boxSettings.parse({
    timing: { ...settings.timing, ...timing },
    limits: { ...settings.limits, ...limits },
    switches: { ...settings.switches, ...switches },
  });
}
