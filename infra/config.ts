import type { Node } from 'constructs';
import type * as z from 'zod';
import { describeIssues } from '../shared/decode.ts';
import { documentedLimits, planRates } from '../shared/twelvelabs/limits.ts';
import type { UploadRates } from '../shared/upload-pace.ts';
import { type VideoLimits, videoLimits } from '../shared/video-limits.ts';
import { type Settings, settings } from './settings.ts';

type Derived = 'plan' | 'uploadsPerMinute' | 'uploadsPerDay' | keyof VideoLimits;

/** The settings of a stack, with what follows from them. */
export interface Config extends Omit<Settings, Derived> {
  readonly uploadRates: UploadRates;
  readonly videoLimits: VideoLimits;
}

/** The settings of this synthesis. @throws with the name of the setting and the rule it breaks */
export function readConfig(node: Node): Config {
  const names = Object.keys(settings.shape);
  refuseUnknown(node, names);
  const given = parse(settings, Object.fromEntries(names.map((it) => [it, contextOf(node, it)])));
  const { plan, uploadsPerMinute, uploadsPerDay, ...rest } = given;
  refuseContradictions(rest);
  const limits = Object.entries(documentedLimits).map(([name, documented]) => [
    name,
    given[name as keyof VideoLimits] ?? documented,
  ]);
  const videoHours = (given.maxDurationSeconds ?? documentedLimits.maxDurationSeconds) / 3_600;
  if (rest.maxBatchHours < videoHours) {
    throw new Error(`context: maxBatchHours: a video may last ${videoHours} hours`);
  }
  return {
    ...rest,
    uploadRates: {
      perMinute: uploadsPerMinute ?? planRates[plan].perMinute,
      perDay: uploadsPerDay ?? planRates[plan].perDay,
    },
    videoLimits: parse(videoLimits, Object.fromEntries(limits)),
  };
}

/** A name that is neither a setting of ours nor one of CDK's own is a slip. */
function refuseUnknown(node: Node, names: readonly string[]): void {
  for (const name of Object.keys(node.getAllContext())) {
    const isOfCdk = /[:/@]/.test(name) || /^(aws|cdk|cli)-/.test(name);
    if (isOfCdk || names.includes(name)) continue;
    throw new Error(`context: ${name}: no such setting; there are ${names.join(', ')}`);
  }
}

function contextOf(node: Node, name: string): unknown {
  return node.tryGetContext(name) ?? undefined;
}

function refuseContradictions({
  alarmEmail,
  alarmTopicArn,
  uploadPrefixes,
}: Pick<Settings, 'alarmEmail' | 'alarmTopicArn' | 'uploadPrefixes'>): void {
  if (alarmEmail && alarmTopicArn) {
    throw new Error('context: alarmEmail: leave it out where alarmTopicArn is set');
  }
  // S3 refuses notifications whose filters overlap.
  for (const prefix of uploadPrefixes) {
    const other = uploadPrefixes.find((it) => it !== prefix && prefix.startsWith(it));
    if (other) throw new Error(`context: uploadPrefixes: ${prefix} is within ${other}`);
  }
  if (new Set(uploadPrefixes).size !== uploadPrefixes.length) {
    throw new Error('context: uploadPrefixes: each may be named once');
  }
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new Error(`context: ${describeIssues(result.error)}`);
  return result.data;
}
