/**
 * Whether two different interlinks would be alone with each other: nobody of this system takes part. Two calls over
 * the same interlink may meet.
 *
 * @param parties the interlink's trunk for each party in a conversation; undefined for anybody else
 */
export function isTransit(parties: readonly (string | undefined)[]): boolean {
  return parties.every((trunk) => trunk !== undefined) && new Set(parties).size > 1;
}
