import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { bundleBudgetsKilobytes } from '../../support/bundle-budgets.ts';
import { functionBundles } from '../../support/function-bundles.ts';
import { heaviestPackages } from '../../support/heaviest-packages.ts';

const bundles = await functionBundles(inject('assemblyDirectory'));
const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1);

/** A budget with more air than this tells nobody that a bundle has grown. */
const MOST_AIR = 1.1;

describe('each bundle', () => {
  it('has a budget', () => {
    const folders = bundles.map(({ folder }) => folder);
    expect(Object.keys(bundleBudgetsKilobytes).sort()).toEqual(folders.sort());
  });

  it.each(bundles)('weighs no more than its budget, and not much less: $folder', async (bundle) => {
    const { folder, bytes } = bundle;
    const budget = bundleBudgetsKilobytes[folder] ?? 0;
    const budgetBytes = budget * 1024;
    if (bytes <= budgetBytes && bytes * MOST_AIR >= budgetBytes) return;

    const packages = await heaviestPackages(folder, 10);
    const heaviest = packages.map(([name, weight]) => `  ${kilobytes(weight)} KB ${name}`);
    const verdict = bytes > budgetBytes ? 'over' : 'far under';
    expect.fail(
      `${folder} weighs ${kilobytes(bytes)} KB, ${verdict} its budget of ${budget} KB ` +
        `(test/support/bundle-budgets.ts). Heaviest in it:\n${heaviest.join('\n')}`,
    );
  });
});

it('has no other credentials than those in its environment, and says so when there are none', async () => {
  const wakeDue = bundles.find(({ folder }) => folder === 'wake-due');
  const program = `require(${JSON.stringify(wakeDue?.file)})
    .handler({}, { awsRequestId: '1', getRemainingTimeInMillis: () => 1_000 })
    .catch((error) => process.stdout.write(error.message));`;
  const env = { ...wakeDue?.variables, AWS_REGION: 'us-east-1', POWERTOOLS_LOG_LEVEL: 'SILENT' };

  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { env });

  expect(stdout).toMatch(/^Unable to find environment variable credentials\./);
});
