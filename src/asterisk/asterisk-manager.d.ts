declare module 'asterisk-manager' {
  import type { NetConnectOpts } from 'node:net';

  /** Headers by name in lower case. One that comes several times is an array. */
  export type Message = Readonly<Record<string, string | readonly string[]>>;

  /** As far as ami-client.ts uses it. */
  export interface Manager {
    /** The first argument goes to `net.createConnection` as it is. */
    connect(options: NetConnectOpts, host: undefined, connected: () => void): void;
    /** Until this has succeeded no action but the login is sent. Called back with Asterisk's answer when it refuses. */
    login(done: (refusal?: Message) => void): void;
    action(
      action: Readonly<Record<string, string>>,
      done: (refusal: Message | undefined, answer: Message) => void,
    ): void;
    on(event: 'managerevent', listener: (event: Message) => void): void;
    on(event: 'close', listener: () => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    removeAllListeners(event: string): void;
  }

  export default function createManager(
    port: undefined,
    host: undefined,
    username: string,
    password: string,
  ): Manager;
}
