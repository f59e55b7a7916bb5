/** A system of a rig. Names of its services begin with `service`. */
export interface RigSystem {
  readonly name: string;
  readonly service: string;
  /** The network that it is in. */
  readonly network: string;
  readonly asterisk: string;
  readonly interlinks: string;
  readonly phone: { readonly number: string; readonly address: string; readonly tone: number };
}

export const BERLIN: RigSystem = {
  name: 'Berlin',
  service: 'berlin',
  network: 'rig',
  asterisk: '172.31.71.11',
  interlinks: '172.31.71.12',
  phone: { number: '101', address: '172.31.71.14', tone: 1000 },
};

export const LISBON: RigSystem = {
  name: 'Lisbon',
  service: 'lisbon',
  network: 'rig',
  asterisk: '172.31.71.21',
  interlinks: '172.31.71.22',
  phone: { number: '201', address: '172.31.71.24', tone: 440 },
};
