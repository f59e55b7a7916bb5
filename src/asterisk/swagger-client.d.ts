declare module 'swagger-client' {
  /** As far as ari-connection.ts mends it. */
  const swaggerClient: {
    readonly SwaggerApi: { readonly prototype: { fail: (message: string) => void } };
  };
  export default swaggerClient;
}
