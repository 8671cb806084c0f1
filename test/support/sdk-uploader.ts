import { TwelveLabs } from 'twelvelabs-js';
import { onTestFinished, vi } from 'vitest';
import { API_KEY } from './box-fixture.ts';

/** The SDK's own uploader, which finds the API by the environment and talks to the console. */
export function uploaderFor(baseUrl: string): TwelveLabs['multipartUpload'] {
  vi.stubEnv('TWELVELABS_BASE_URL', baseUrl);
  for (const method of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {});
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  return new TwelveLabs({ apiKey: API_KEY }).multipartUpload;
}
