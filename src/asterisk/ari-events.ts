/** The ARI events that Interlinks uses, as far as it uses them. Source: Asterisk's rest-api/api-docs/events.json. */
export interface AriChannel {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly caller: { readonly name: string; readonly number: string };
}

export interface StasisStart {
  readonly args: readonly string[];
  readonly channel: AriChannel;
}

export interface StasisEnd {
  readonly channel: AriChannel;
}

export interface ChannelDestroyed {
  readonly channel: AriChannel;
  /** Q.850 */
  readonly cause: number;
}

/** Of ChannelEnteredBridge and ChannelLeftBridge. */
export interface BridgeChange {
  readonly bridge: {
    readonly id: string;
    /** `mixing`; in `holding`, as of parked calls, nobody hears anybody else. */
    readonly bridge_type: string;
    /** Ids of those that are in it now. */
    readonly channels: readonly string[];
  };
  readonly channel: AriChannel;
}

export interface DeviceStateChanged {
  /** Such as `PJSIP/il-x`, and `NOT_INUSE`, `INUSE`, `UNAVAILABLE`. */
  readonly device_state: { readonly name: string; readonly state: string };
}

export interface AriEvents {
  readonly StasisStart: StasisStart;
  readonly StasisEnd: StasisEnd;
  readonly ChannelDestroyed: ChannelDestroyed;
  readonly ChannelEnteredBridge: BridgeChange;
  readonly ChannelLeftBridge: BridgeChange;
  readonly DeviceStateChanged: DeviceStateChanged;
}

export const ariEventTypes = [
  'StasisStart',
  'StasisEnd',
  'ChannelDestroyed',
  'ChannelEnteredBridge',
  'ChannelLeftBridge',
  'DeviceStateChanged',
] as const satisfies (keyof AriEvents)[];
