/** What a JSON request says; nothing when it is no JSON object, which whoever carries it out refuses. */
export function jsonRequest(body: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    return {};
  }
}
