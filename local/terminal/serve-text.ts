import type { LocalPipeline } from '../start-pipeline.ts';

type Served = Pick<
  LocalPipeline,
  'providerUrl' | 'tableName' | 'uploadsBucket' | 'archiveBucket'
> & { readonly cloud: Pick<LocalPipeline['cloud'], 'endpoints' | 'clientEnvironment'> };

/** What `--serve` says: where everything answers, and how other programs reach it. */
export function serveText(served: Served): string {
  const { cloud, providerUrl, tableName, uploadsBucket, archiveBucket } = served;
  const variables = {
    ...cloud.clientEnvironment,
    TABLE: tableName,
    BUCKET: uploadsBucket,
    ARCHIVE: archiveBucket,
  };
  return [
    `TwelveLabs     ${providerUrl}`,
    ...Object.entries(cloud.endpoints).map(([name, url]) => `${name.padEnd(14)} ${url}`),
    '',
    'For another terminal, and the commands of docs/ there (the aws command line of version 1 also',
    'needs --endpoint-url for sqs):',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${value}`),
    'aws s3 cp video.mp4 "s3://$BUCKET/"',
    'aws dynamodb scan --table-name "$TABLE"',
    'npm run doctor',
    'npm run cancel -- --prefix football/',
    'npm run -s result -- --video video.mp4',
  ].join('\n');
}
