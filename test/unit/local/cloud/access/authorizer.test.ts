import { expect, it } from 'vitest';
import { Authorizer } from '../../../../../local/cloud/access/authorizer.ts';
import { accessKeyOf } from '../../../../../local/cloud/access/credentials.ts';
import { describeDenial } from '../../../../../local/cloud/access/denial.ts';
import { readStatements } from '../../../../../local/cloud/access/statement.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Videos';
const userArn = 'arn:aws:sts::000000000000:assumed-role/WorkerRole/Worker';

function anAuthorizer() {
  const told: string[] = [];
  const authorizer = new Authorizer((sentence) => told.push(sentence));
  const policy = {
    Statement: [
      { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Put*'], Resource: [TABLE] },
      { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: `${TABLE}Secret` },
    ],
  };
  const caller = {
    functionLogicalId: 'Worker',
    accessKeyId: accessKeyOf('Worker'),
    roleArn: 'arn:aws:iam::000000000000:role/WorkerRole',
    userArn,
    statements: readStatements(policy, 'Policy'),
  };
  authorizer.configure({ callers: [caller], attached: [] }, []);
  const call = (action: string, resource = TABLE, accessKeyId?: string) =>
    authorizer.refuse({
      accessKeyId: accessKeyId ?? caller.accessKeyId,
      operation: action,
      needs: () => [{ action, resource }],
    });
  return { authorizer, call, told };
}

it('counts by which part of a policy calls were allowed', () => {
  const { authorizer, call } = anAuthorizer();

  expect([call('dynamodb:PutItem'), call('dynamodb:PutItem')]).toEqual([undefined, undefined]);

  expect(authorizer.record()).toEqual({
    grants: [
      { functionLogicalId: 'Worker', action: 'dynamodb:GetItem', resource: TABLE, uses: 0 },
      { functionLogicalId: 'Worker', action: 'dynamodb:Put*', resource: TABLE, uses: 2 },
    ],
    denials: [],
  });
});

it('refuses what is not allowed in the words of AWS, and tells of it once', () => {
  const { authorizer, call, told } = anAuthorizer();

  const denial = call('dynamodb:Scan');
  call('dynamodb:Scan');

  const sentence = `User: ${userArn} is not authorized to perform: dynamodb:Scan on resource: ${TABLE} because no identity-based policy allows the dynamodb:Scan action`;
  expect(denial && describeDenial(denial)).toBe(sentence);
  expect(told).toEqual([sentence]);
  expect(authorizer.record().denials).toEqual([sentence]);
});

it('says which kind of policy denies something', () => {
  const denial = anAuthorizer().call('dynamodb:PutItem', `${TABLE}Secret`);

  expect(denial && describeDenial(denial)).toMatch(
    /with an explicit deny in an identity-based policy$/,
  );
});

it('refuses an operation of which it does not know what it takes', () => {
  const { authorizer } = anAuthorizer();

  const denial = authorizer.refuse({
    accessKeyId: accessKeyOf('Worker'),
    operation: 'dynamodb:ExecuteStatement',
    needs: () => undefined,
  });

  expect(denial && describeDenial(denial)).toContain(
    'does not know what permission dynamodb:ExecuteStatement takes',
  );
});

it('lets an administrator do anything, and records nothing of it', () => {
  const { authorizer, call } = anAuthorizer();

  expect(call('dynamodb:DeleteTable', TABLE, 'local')).toBeUndefined();

  expect(authorizer.record().grants.every(({ uses }) => uses === 0)).toBe(true);
});

it('refuses the key of a function that is not there, and who has none', () => {
  const { authorizer, call } = anAuthorizer();

  expect(call('dynamodb:GetItem', TABLE, accessKeyOf('Gone'))?.because).toBe('unknown-key');
  const unsigned = { accessKeyId: undefined, operation: 's3: GET /b/k', needs: () => [] };
  expect(authorizer.refuse(unsigned)?.because).toBe('unsigned');
});
