declare module 'swagger-client' {
  /** As far as ari-connection.ts mends it. */
  export const SwaggerApi: { readonly prototype: { fail: (message: string) => void } };
}
