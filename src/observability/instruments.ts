import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Peers are asked for 1.5 s at most. */
const lookupBuckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 1.5, 2];
const dialBuckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10];

/** Every metric of Interlinks. Names, labels and meanings are in docs/monitoring.md, which a test compares. */
// oxlint-disable-next-line typescript/explicit-function-return-type -- the types of fourteen metrics, said twice
export function instruments(registry: Registry) {
  const registers = [registry];
  return {
    peerUp: new Gauge({
      name: 'interlinks_peer_up',
      help: 'Whether the service of the linked system answers heartbeats: 1 or 0',
      labelNames: ['interlink'],
      registers,
    }),
    health: new Gauge({
      name: 'interlinks_interlink_health',
      help: 'Always 1, with the colour that the interlink shows now',
      labelNames: ['interlink', 'colour'],
      registers,
    }),
    clockSkew: new Gauge({
      name: 'interlinks_clock_skew_seconds',
      help: "The linked system's clock less this one's",
      labelNames: ['interlink'],
      registers,
    }),
    lookupDuration: new Histogram({
      name: 'interlinks_lookup_duration_seconds',
      help: 'Time to ask one linked system about a dialed number, by its answer',
      labelNames: ['answer'],
      buckets: lookupBuckets,
      registers,
    }),
    postDialDelay: new Histogram({
      name: 'interlinks_post_dial_delay_seconds',
      help: 'From the arrival of a dialed number to the first ringing',
      labelNames: ['direction'],
      buckets: dialBuckets,
      registers,
    }),
    calls: new Counter({
      name: 'interlinks_calls_total',
      help: 'Calls that ended, by how they ended; no interlink for local ones and those that no linked system took',
      labelNames: ['interlink', 'direction', 'outcome'],
      registers,
    }),
    callsActive: new Gauge({
      name: 'interlinks_calls_active',
      help: 'Calls that are up or ringing',
      labelNames: ['direction'],
      registers,
    }),
    authFailures: new Counter({
      name: 'interlinks_auth_failures_total',
      help: 'Requests and calls that were turned away, by the reason',
      labelNames: ['reason'],
      registers,
    }),
    asteriskUp: new Gauge({
      name: 'interlinks_asterisk_up',
      help: 'Whether Asterisk is connected and set up for calls: 1 or 0',
      registers,
    }),
    amiUp: new Gauge({
      name: 'interlinks_ami_up',
      help: "Whether Asterisk's manager interface can be used: 1 or 0",
      registers,
    }),
    databaseUp: new Gauge({
      name: 'interlinks_database_up',
      help: 'Whether the database answers: 1 or 0',
      registers,
    }),
    configLoaded: new Gauge({
      name: 'interlinks_config_last_reload_successful',
      help: 'Whether interlinks.yaml is in force as it is on disk: 1, or 0 when it was refused',
      registers,
    }),
    configLoadedAt: new Gauge({
      name: 'interlinks_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration in force was taken over',
      registers,
    }),
    buildInfo: new Gauge({
      name: 'interlinks_build_info',
      help: 'Always 1, with the version of the service, of its protocol and of Node.js',
      labelNames: ['version', 'protocol', 'node'],
      registers,
    }),
  };
}
