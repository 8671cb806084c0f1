/**
 * `npm run cost`: what the stack costs, idle and with videos, and what TwelveLabs takes beside it.
 */
import { type AskedOf, exitCodeOf } from './command.ts';
import { readOperations } from './cost/operations.ts';
import { reckon } from './cost/reckon.ts';
import { report } from './cost/report.ts';
import { templateFacts } from './cost/template-facts.ts';
import { costOptions, workloadFrom } from './cost/workload-from.ts';

const usage = `npm run cost -- [--videos N] [--minutes M] [--megabytes MB] [--profiles P] …

  --videos N               how many videos (1000)
  --minutes M              how long each is (8)
  --megabytes MB           how large each file is, at most 4096 (100)
  --profiles P             how many profiles ask something of each (1)
  --result-kilobytes KB    how large each result is; those above 32 are not in their rows (4)
  --months-kept M          how long files, results and rows are kept (1)
  --price-per-minute $     what TwelveLabs takes for a minute of video (0.0292)
  --region REGION          us-east-1 is the only one whose prices are known here
  --json                   the same as JSON

Asks nobody and costs nothing. What there is to pay for is read from the synthesized template, how
much of it from a measured run (\`npm run bench -- operations\`), prices from cli/cost/prices.ts.`;

const command = { name: 'cost', usage, options: costOptions };

process.exitCode = await exitCodeOf(command, main);

/** @returns the exit code */
async function main(asked: AskedOf<typeof costOptions>): Promise<number> {
  const work = workloadFrom(asked);
  // The CDK takes seconds to load: not for a wrong option.
  const { synthesizeTemplate } = await import('./cost/synthesize-template.ts');
  const found = reckon(templateFacts(synthesizeTemplate()), readOperations(), work);
  console.log(asked.json ? JSON.stringify(found, undefined, 2) : report(found));
  return 0;
}
