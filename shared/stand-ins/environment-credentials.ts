import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * In a bundle this takes the place of `@aws-sdk/credential-provider-node`, which looks for credentials
 * in seven places and brings four clients for it (100 KB). Lambda hands a function its role's
 * credentials in the environment and nowhere else.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * @throws CredentialsProviderError, at the first request, when the variables are not there
 */
export const defaultProvider = fromEnv;
