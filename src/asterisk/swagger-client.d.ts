declare module 'swagger-client' {
  interface SwaggerResponse {
    /** 0: there was none. */
    readonly status: number;
    readonly data: Buffer;
  }

  /** A request, and who is told of its answer. */
  export interface SwaggerExchange {
    readonly url: string;
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string | undefined;
    readonly on: {
      readonly response: (response: SwaggerResponse) => void;
      /** Also of any status from 400 on. */
      readonly error: (response: SwaggerResponse) => void;
    };
  }

  /** As far as ari-client.ts mends it. */
  const swaggerClient: {
    readonly SwaggerApi: { readonly prototype: { fail: (message: string) => void } };
    readonly SwaggerHttp: { readonly prototype: { execute: (exchange: SwaggerExchange) => void } };
  };
  export default swaggerClient;
}
