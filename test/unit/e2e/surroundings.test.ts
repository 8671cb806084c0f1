import { expect, it } from 'vitest';
import {
  assertEmulated,
  clientEnvironment,
  commandEnvironment,
  machineEnvironment,
} from '../../e2e/emulated/surroundings.ts';

const deployer = { accessKeyId: 'AKIAEMULATED', secretAccessKey: 'emulated' };
const env = {
  ...machineEnvironment('/run'),
  ...clientEnvironment('https://127.0.0.1:4566', '/run/certificate.pem', deployer),
};

it('takes the environment of a run for that of the emulator', () => {
  expect(() => assertEmulated(env, deployer)).not.toThrow();
  expect(() => assertEmulated(commandEnvironment(env), deployer)).not.toThrow();
});

it.each([
  ['AWS_ENDPOINT_URL', undefined],
  ['AWS_ENDPOINT_URL', 'https://sqs.eu-west-1.amazonaws.com'],
  ['AWS_ENDPOINT_URL', 'https://127.0.0.1.example.com:4566'],
  ['AWS_ENDPOINT_URL_S3', 'https://s3.eu-west-1.amazonaws.com'],
  ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE'],
  ['AWS_EC2_METADATA_DISABLED', undefined],
  ['AWS_PROFILE', 'production'],
  ['AWS_SESSION_TOKEN', 'of somebody'],
])('refuses an environment whose %s is %s', (name, value) => {
  const { [name as keyof typeof env]: _, ...others } = env;
  const spoilt = { ...others, ...(value !== undefined && { [name]: value }) };
  expect(() => assertEmulated(spoilt, deployer)).toThrow(`not the emulator's: ${name}`);
});

it('hands down nothing of our own environment but where programs are', () => {
  const own = new Set(Object.keys(machineEnvironment('/run')));
  expect([...own].toSorted()).toEqual(['CI', 'HOME', 'LANG', 'PATH', 'TMPDIR']);
  expect(machineEnvironment('/run')['HOME']).toBe('/run');
});
