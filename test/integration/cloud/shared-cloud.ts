import { afterAll, beforeAll } from 'vitest';
import type { CloudOptions } from '../../../local/cloud/cloud.ts';
import type { TestStack } from './assembly.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

/** Starts one cloud before all tests of the calling file, and ends it after them. */
export function shareCloud(stack: TestStack, options?: Partial<CloudOptions>): () => TestCloud {
  let running: TestCloud | undefined;
  beforeAll(async () => {
    running = await startTestCloud(stack, options);
  });
  afterAll(() => running?.[Symbol.asyncDispose]());
  return () => {
    if (!running) throw new Error('the cloud runs only while the tests of its file do');
    return running;
  };
}
