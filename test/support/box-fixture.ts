import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TwelvelabsApiClient } from 'twelvelabs-js';
import { onTestFinished } from 'vitest';
import { Clock } from '../../local/clock.ts';
import {
  startTwelveLabsBox,
  type TwelveLabsBox,
  type TwelveLabsBoxOptions,
} from '../../local/twelvelabs/box.ts';

export const API_KEY = 'tlk_box';

/** When the stopped clock of a test begins. */
export const T0 = new Date('2026-10-01T00:00:00.000Z');

/** The committed clips. */
export const samples = {
  mp4: new URL('../../samples/football/goals.mp4', import.meta.url),
  webm: new URL('../../samples/interview.webm', import.meta.url),
  notVideo: new URL('../../samples/not-a-video.mp4', import.meta.url),
};

/** What a plain request got. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the body is what the test is about
  readonly body: any;
}

/** A box on a stopped clock, the official SDK connected to it, and a plain client. */
export interface BoxFixture {
  readonly box: TwelveLabsBox;
  readonly clock: Clock;
  readonly sdk: TwelvelabsApiClient;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Uploads a clip and lets the time pass until it is ready. */
  readonly readyAsset: (clip?: URL) => Promise<string>;
}

/** Starts a box that is closed when the test has finished. */
export async function startBox(options: Partial<TwelveLabsBoxOptions> = {}): Promise<BoxFixture> {
  const clock = options.clock ?? Clock.stoppedAt(T0);
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, ...options });
  onTestFinished(() => box.close());
  const sdk = new TwelvelabsApiClient({ apiKey: API_KEY, baseUrl: box.baseUrl });
  return {
    box,
    clock,
    sdk,
    call: (method, path, body) => call(box, method, path, body),
    readyAsset: async (clip = samples.mp4) => {
      const asset = await sdk.assets.create({ method: 'direct', file: createReadStream(clip) });
      await clock.advance(1_500);
      return asset.id ?? '';
    },
  };
}

async function call(
  box: TwelveLabsBox,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const isPlain = body === undefined || typeof body === 'string' || body instanceof FormData;
  const response = await fetch(`${box.baseUrl}${path}`, {
    method,
    headers: {
      'x-api-key': API_KEY,
      ...(body !== undefined &&
        !(body instanceof FormData) && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: isPlain ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

/** The form of an upload, as a client other than the SDK would send it. */
export function uploadForm(fields: Record<string, string>, file?: URL | Uint8Array): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (file) {
    const bytes = file instanceof URL ? readFileSync(file) : file;
    form.set('file', new Blob([new Uint8Array(bytes)]), 'clip.mp4');
  }
  return form;
}

/** A small HTTP server on loopback that is closed when the test has finished. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A valid batch of general analyses, for tests to spoil. */
export function generalBatch(...assetIds: readonly string[]) {
  return {
    model_name: 'pegasus1.5',
    analysis_mode: 'general',
    defaults: { prompt: { input_text: 'What happens — 何が?' } },
    requests: assetIds.map((assetId, index) => ({
      video: { type: 'asset_id', asset_id: assetId },
      custom_id: `item-${index}`,
    })),
  };
}

/** A line of the results. */
export interface ResultLine {
  readonly task_id: string;
  readonly custom_id: string | null;
  readonly status: string;
  readonly data?: { readonly data: string };
  readonly error?: { readonly code: string; readonly message: string };
}

/** Reads the results of a batch, line by line. */
export async function readLines(call: BoxFixture['call'], batchId: string): Promise<ResultLine[]> {
  const { text } = await call('GET', `/analyze/batches/${batchId}/results`);
  return text.split('\n').map((line) => JSON.parse(line) as ResultLine);
}
