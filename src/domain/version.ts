/** The version of Interlinks; package.json says the same. */
export const version = '0.1.0';

/** Of what systems say to each other; both sides have to speak the same. Heartbeats tell it. */
export const protocolVersion = 1;

/** Of dialplan/interlinks.conf, which says the same in the context interlinks-version; raised when it changes. */
export const dialplanVersion = '11';
