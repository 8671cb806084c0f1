import { RemovalPolicy } from 'aws-cdk-lib';
import type { Config } from './config.ts';

/** What becomes of data when its stack is destroyed: it is kept, unless asked otherwise. */
export function removalOf({ keepData }: Config): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
