import { join } from 'node:path';
import { STACK } from './cdk.ts';
import { runProgram, type Surroundings } from './run-program.ts';

/** The bits of cfn-lint's exit code. */
const ERRORS = 2;
const WARNINGS = 4;
const INFORMATION = 8;

/** A finding of `cfn-lint --format parseable`. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
}

/** Reads the lines `file:line:column:line:column:rule:message`. */
export function readFindings(lines: string): Finding[] {
  return lines.split('\n').flatMap((line) => {
    const [, rule, message] = /(?::\d+){4}:([A-Z]\d{4}):(.*)$/.exec(line) ?? [];
    return rule ? [{ rule, message: message ?? '' }] : [];
  });
}

/** A line for each rule: how often it was broken, and the first words on it. */
export function describeFindings(findings: readonly Finding[]): string[] {
  return [...Map.groupBy(findings, ({ rule }) => rule)].map(
    ([rule, [first, ...others]]) =>
      `${rule} ${others.length + 1} times, as in: ${first?.message ?? ''}`,
  );
}

/** Runs cfn-lint over the synthesized template; returns its warnings. @throws with its errors */
export async function lintTemplate(
  pythonBin: string,
  assembly: string,
  surroundings: Surroundings,
): Promise<string[]> {
  const template = join(assembly, `${STACK}.template.json`);
  const args = ['--format', 'parseable', '--', template];
  const { code, output } = await runProgram(join(pythonBin, 'cfn-lint'), args, surroundings);
  // Anything else is a failure of its own.
  const isVerdict = (code & ~(ERRORS | WARNINGS | INFORMATION)) === 0 && code !== 1;
  if (!isVerdict || (code & ERRORS) !== 0)
    throw new Error(`cfn-lint ended with ${code}:\n${output}`);
  return describeFindings(readFindings(output));
}
