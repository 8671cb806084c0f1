import { defineConfig } from 'vitest/config';

const common = { setupFiles: ['test/support/seed.ts'], testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/{unit,infra,contract}/**/*.test.ts', 'test/integration/cloud/*.test.ts'],
        },
      },
      {
        // Runs the bundled functions: synthesizes the stack first.
        test: {
          ...common,
          name: 'pipeline',
          include: ['test/integration/pipeline/*.test.ts'],
          globalSetup: ['test/support/synthesize-once.ts'],
        },
      },
    ],
  },
});
