const POSTGRES_UNIQUE_VIOLATION = '23505';
const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** Whether a unique index refused the statement. https://sqlite.org/rescode.html, PostgreSQL appendix A. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && error.code === POSTGRES_UNIQUE_VIOLATION) ||
      ('errcode' in error && error.errcode === SQLITE_CONSTRAINT_UNIQUE))
  );
}
