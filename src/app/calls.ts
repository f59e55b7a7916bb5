import { CallWatch } from '../asterisk/call-watch.ts';
import { StasisApplication } from '../asterisk/stasis-application.ts';
import { TransitWatch } from '../asterisk/transit-watch.ts';
import { admitCall } from '../calls/admit-call.ts';
import { answerLookup } from '../calls/answer-lookup.ts';
import { CallLimit } from '../calls/call-limit.ts';
import { CallRecorder } from '../calls/call-recorder.ts';
import { numberToDialBack } from '../calls/dial-back.ts';
import { explainArrival, explainRoute, type Explanation } from '../calls/explain-route.ts';
import { LookupLimit } from '../calls/lookup-limit.ts';
import { MediaTests } from '../calls/media-tests.ts';
import type { LookupQuery } from '../calls/peer-lookups.ts';
import { routeCall } from '../calls/route-call.ts';
import { TestMedia } from '../calls/test-media.ts';
import { TicketOffice } from '../calls/tickets.ts';
import { identifyCaller } from '../domain/caller.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { isActive, type ActiveInterlink } from '../domain/interlink.ts';
import { Limiter } from '../domain/limiter.ts';
import type { InterlinkRegistry } from '../interlinks/interlink-registry.ts';
import { CallLog } from '../observability/call-log.ts';
import { timedLookups } from '../observability/timed-lookups.ts';
import type { AsteriskParts } from './asterisk.ts';
import type { Foundation } from './foundation.ts';
import type { InterlinkParts } from './interlinks.ts';
import { publishedCalls } from './published-calls.ts';

/** Of peers that do not list a number, so many are asked at a time. */
const unlistedAtOnce = 100;

export type CallParts = ReturnType<typeof buildCalls>;

/** What happens to calls: the channels that Asterisk hands over, and what linked systems ask before a call. */
export function buildCalls(
  base: Foundation,
  { client, directories, health }: InterlinkParts,
  { ari, bridges, channels, testCalls }: AsteriskParts,
) {
  const { live, registry, now, logOf, metrics, parts } = base;
  const plan = () => live.plan;
  const notFound = () => live.current.dialing.notFound;
  const tickets = new TicketOffice(base.uptime);
  registry.subscribe(({ before, after }) => {
    if (before !== undefined && after === undefined) tickets.revoke(before.id);
  });
  const limit = new LookupLimit(base.uptime, logOf('calls'));
  const recorder = new CallRecorder({
    store: publishedCalls(base),
    now,
    events: new CallLog(logOf('calls'), metrics),
  });
  parts.defer(() => recorder.stop());
  const callLimit = new CallLimit(base.config.trunk.limits, () => recorder.active(), base.uptime);
  const routing = {
    plan,
    interlinks: { active: () => registry.active(), isAway: (id: string) => health.isAway(id) },
    directories,
    lookups: timedLookups(client, metrics),
    unlistedTurns: new Limiter(unlistedAtOnce),
    systemName: () => live.current.system.name,
    notFound,
  };
  const dialBack = (interlink: ActiveInterlink, number: string): string =>
    numberToDialBack(routing, interlink, number);
  const transit = new TransitWatch({ ari, bridges, channels, recorder, now, log: logOf('calls') });
  const mediaTests = new MediaTests(base.uptime, testCalls);
  const watch = new CallWatch({ channels, recorder, now });
  const application = new StasisApplication({
    ari,
    channels,
    watch,
    transit,
    route: (call, signal) => routeCall(routing, call, signal),
    admit: (call) => admitCall({ plan, tickets, limit: callLimit, dialBack }, call),
    hasRoom: (interlinkId, channel) => callLimit.hasRoom(interlinkId, channel),
    identify: (endpoint, callerId) => identifyCaller(live.plan, endpoint, callerId, live.current.system.name),
    isMediaTest: (interlink, ticket, channel) => mediaTests.takes(interlink, ticket, channel),
    interlinkOfTrunk: (trunk) => activeOrNone(registry, trunk),
    recorder,
    refusals: base.refusals,
    notFound,
    now,
    log: logOf('calls'),
  });

  /** @param from an endpoint such as `PJSIP/101`, or what an interlink is called here */
  async function explain(dialed: string, from: string | undefined): Promise<Result<Explanation>> {
    if (from === undefined || from.includes('/')) return ok(await explainRoute(routing, dialed, from));
    const interlink = registry.active().find(({ name }) => name.toLowerCase() === from.toLowerCase());
    if (interlink !== undefined) return ok(explainArrival(routing, dialed, interlink));
    return fail(
      'not-found',
      `"${from}" is neither an endpoint nor a connected interlink`,
      'Write PJSIP/101, or a name that "interlinks list" shows',
    );
  }

  return {
    recorder,
    explain,
    mediaTests,
    testMedia: new TestMedia(client, testCalls),
    answerLookup: (interlink: ActiveInterlink, query: LookupQuery) =>
      answerLookup({ plan, tickets, limit }, interlink, query),
    /** Takes up, after a connection to Asterisk was made, the calls that are there. */
    resume: async () => {
      await application.resume();
      await transit.resume();
    },
  };
}

function activeOrNone(registry: InterlinkRegistry, trunk: string): ActiveInterlink | undefined {
  const interlink = registry.findByTrunk(trunk);
  return interlink !== undefined && isActive(interlink) ? interlink : undefined;
}
