/** Port: the ids of requests that changed state, kept in the database so that none is obeyed twice. */
export interface SeenRequests {
  /**
   * @param jti the request token's id
   * @param expiresAt milliseconds since the epoch; from then on it may be forgotten
   * @returns false when it was seen before
   */
  remember(jti: string, expiresAt: number): Promise<boolean>;
}
