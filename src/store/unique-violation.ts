const postgresUniqueViolation = '23505';
const sqliteConstraintUnique = 2067;

/** Whether a unique index refused the statement. https://sqlite.org/rescode.html, PostgreSQL appendix A. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && error.code === postgresUniqueViolation) ||
      ('errcode' in error && error.errcode === sqliteConstraintUnique))
  );
}
