import { TwelvelabsApiClient } from 'twelvelabs-js';
import { API_KEY, environment } from './environment.ts';

/** The official SDK. */
export function createSdk(): TwelvelabsApiClient {
  return new TwelvelabsApiClient({ apiKey: API_KEY, baseUrl: environment.baseUrl });
}
