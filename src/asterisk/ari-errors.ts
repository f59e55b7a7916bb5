/**
 * Whether ARI answered that there is no such thing. ari-client gives the response's body as the message of its error,
 * and no status.
 */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && /not found|does not exist|no endpoints found/i.test(error.message);
}
