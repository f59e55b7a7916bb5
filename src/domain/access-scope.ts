export const accessScopes = ['read', 'write'] as const;

/** What its bearer may do with the admin API: look, or change as well. */
export type AccessScope = (typeof accessScopes)[number];
