/** An address to listen on; `host` is a host name or an IP address without brackets. */
export interface ListenAddress {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}
