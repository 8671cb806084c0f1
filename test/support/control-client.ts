import type { TwelveLabsBox } from '../../local/twelvelabs/box.ts';
import { API_KEY } from './box-fixture.ts';

/** What a request to the control endpoint got. */
export interface ControlAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the body is what the test is about
  readonly body: any;
}

/** Asks the control endpoint of a box; a body goes as `curl -d` sends it, text as it is. */
export type AskControl = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ControlAnswer>;

/** A plain client of the control endpoint of a box. */
export function controlOf({ baseUrl }: TwelveLabsBox): AskControl {
  return async (method, path, body, headers) => {
    const response = await fetch(new URL(`/control${path}`, baseUrl), {
      method,
      headers: {
        'x-api-key': API_KEY,
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}
