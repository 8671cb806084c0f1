import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Authorizer } from '../access/authorizer.ts';
import { accessKeyIn } from '../access/credentials.ts';
import type { Need } from '../access/decide.ts';
import { describeDenial } from '../access/denial.ts';
import { jsonRequest } from './json-request.ts';
import { notFound, SecretsRefusal } from './secrets-refusal.ts';

/** A secret to begin with. */
export interface InitialSecret {
  readonly name: string;
  readonly arn: string;
  readonly secretString: string;
}

interface Version {
  readonly versionId: string;
  readonly secretString: string;
  readonly createdSeconds: number;
  readonly stages: Set<string>;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly versions: Version[];
}

interface Input {
  readonly SecretId?: string;
  readonly SecretString?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly ClientRequestToken?: string;
}

/** The few actions of Secrets Manager that reading and rotating a secret take; in memory. */
export class SecretsManager {
  readonly server: Server;
  readonly #secrets: Secret[] = [];
  readonly #actions: Readonly<Record<string, (input: Input) => object>> = {
    GetSecretValue: (input) => this.#getValue(input),
    PutSecretValue: (input) => this.#putValue(input),
    DescribeSecret: (input) => this.#describe(this.#find(input.SecretId)),
    ListSecrets: () => ({ SecretList: this.#secrets.map((secret) => this.#describe(secret)) }),
  };

  constructor(authorizer: Authorizer) {
    this.server = createServer(async (request, response) => {
      const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      const accessKeyId = accessKeyIn(request.headers.authorization);
      const body = await text(request).catch(() => '');
      const denial = authorizer.refuse({
        accessKeyId,
        operation: `secretsmanager:${action}`,
        needs: () => this.#needs(action, body),
      });
      const [status, reply] = denial
        ? [400, { __type: 'AccessDeniedException', Message: describeDenial(denial) }]
        : this.#perform(action, body);
      response.writeHead(status, {
        'content-type': 'application/x-amz-json-1.1',
        date: new Date().toUTCString(),
      });
      response.end(JSON.stringify(reply));
    });
  }

  add({ name, arn, secretString }: InitialSecret): void {
    const secret: Secret = { name, arn, versions: [] };
    this.#secrets.push(secret);
    this.#addVersion(secret, secretString, randomUUID());
  }

  /** Each action has a permission of its own name, on the secret, whether or not there is one. */
  #needs(action: string, body: string): readonly Need[] | undefined {
    if (!(action in this.#actions)) return undefined;
    const { SecretId = '*' }: Input = jsonRequest(body);
    const secret = this.#secrets.find(({ name }) => name === SecretId);
    return [{ action: `secretsmanager:${action}`, resource: secret?.arn ?? SecretId }];
  }

  #perform(action: string, body: string): [status: number, reply: object] {
    try {
      const perform = this.#actions[action];
      if (!perform) throw new SecretsRefusal('UnknownOperationException', `no action ${action}`);
      return [200, perform(JSON.parse(body || '{}'))];
    } catch (error) {
      const code = error instanceof SecretsRefusal ? error.code : 'InvalidRequestException';
      return [400, { __type: code, message: error instanceof Error ? error.message : '' }];
    }
  }

  #getValue({ SecretId, VersionId, VersionStage = 'AWSCURRENT' }: Input): object {
    const secret = this.#find(SecretId);
    const version = secret.versions.find((candidate) =>
      VersionId ? candidate.versionId === VersionId : candidate.stages.has(VersionStage),
    );
    if (!version) throw notFound(`staging label ${VersionStage}`);
    return {
      ...this.#identity(secret),
      VersionId: version.versionId,
      SecretString: version.secretString,
      VersionStages: [...version.stages],
      CreatedDate: version.createdSeconds,
    };
  }

  #putValue({ SecretId, SecretString, ClientRequestToken = randomUUID() }: Input): object {
    const secret = this.#find(SecretId);
    if (SecretString === undefined) {
      throw new SecretsRefusal('InvalidParameterException', 'SecretString is missing');
    }
    const version = this.#addVersion(secret, SecretString, ClientRequestToken);
    return {
      ...this.#identity(secret),
      VersionId: version.versionId,
      VersionStages: [...version.stages],
    };
  }

  #addVersion(secret: Secret, secretString: string, versionId: string): Version {
    for (const version of secret.versions) {
      version.stages.delete('AWSPREVIOUS');
      if (version.stages.delete('AWSCURRENT')) version.stages.add('AWSPREVIOUS');
    }
    const createdSeconds = Date.now() / 1000;
    const version = { versionId, secretString, createdSeconds, stages: new Set(['AWSCURRENT']) };
    secret.versions.push(version);
    return version;
  }

  #describe(secret: Secret): object {
    const stages = secret.versions.map((version) => [version.versionId, [...version.stages]]);
    return { ...this.#identity(secret), VersionIdsToStages: Object.fromEntries(stages) };
  }

  #identity({ arn, name }: Secret): object {
    return { ARN: arn, Name: name };
  }

  #find(secretId = ''): Secret {
    const secret = this.#secrets.find(({ arn, name }) => arn === secretId || name === secretId);
    if (!secret) throw notFound(`secret ${secretId}`);
    return secret;
  }
}
