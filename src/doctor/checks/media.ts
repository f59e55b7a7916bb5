import type { MediaFigures, MediaOutcome } from '../../domain/media-figures.ts';
import { fine, notChecked, problem, warning, type Finding } from '../finding.ts';

/** Part of what was sent that has to arrive. */
const enough = 0.8;

/**
 * Judges the sound of an interlink, in both directions.
 *
 * @param name what the interlink is called here
 * @param system what this system is called
 */
export function checkMedia(name: string, system: string, facts: MediaOutcome): readonly Finding[] {
  switch (facts.kind) {
    case 'measured':
      return checkFigures(name, system, facts.here, facts.there);
    case 'unanswered':
    case 'call-lost':
      return [callFailed(name, facts)];
    case 'unsupported':
      return [
        warning(
          'media-unsupported',
          name,
          `${name} has a version of Interlinks without media tests`,
          `Let ${name} update Interlinks; until then place a call to hear whether sound goes both ways`,
        ),
      ];
    case 'busy':
      return [notChecked('media', name, `${name} was tested too often lately; try again in 10 s`)];
    case 'no-asterisk':
      return [notChecked('media', name, 'Asterisk is not connected here')];
    case 'under-way':
      return [notChecked('media', name, 'another test of it is under way')];
    case 'failed':
      return [notChecked('media', name, `${name} does not answer (${facts.reason})`)];
  }
}

function callFailed(name: string, facts: MediaOutcome): Finding {
  const cause = facts.kind === 'unanswered' && facts.cause !== undefined ? `, cause ${facts.cause}` : '';
  const what =
    facts.kind === 'call-lost'
      ? `The test call to ${name} ended too early`
      : `The test call to ${name} was not answered${cause}`;
  return problem(
    'media-call-failed',
    name,
    what,
    `Both sides need the context interlinks-probe of dialplan/interlinks.conf, and a trunk that is up; see the findings above, and run doctor on ${name}`,
  );
}

/** A direction of the sound: from a sender to a receiver. */
interface Direction {
  readonly from: string;
  readonly to: string;
  readonly sent: number | undefined;
  readonly received: number | undefined;
  /** Where the receiver announced that it takes the sound. */
  readonly announced: string | undefined;
}

function checkFigures(
  name: string,
  system: string,
  here: MediaFigures,
  there: MediaFigures | undefined,
): readonly Finding[] {
  const out = { from: system, to: name, sent: here.sent, received: there?.received, announced: here.target };
  const back = {
    from: name,
    to: system,
    sent: there?.sent,
    received: here.received,
    announced: there?.target,
  };
  const found = [out, back].flatMap((direction) => checkDirection(name, direction));
  if (found.length > 0) return found;
  if (out.received === undefined || back.received === undefined) {
    return [
      notChecked(
        'media',
        name,
        'a test call was answered, but this kind of trunk does not tell what arrived',
      ),
    ];
  }
  const figures = [out, back].map(
    ({ from, to, sent, received }) => `${from} → ${to} ${received} of ${sent} packets`,
  );
  return [fine('media', name, `Sound goes both ways (${here.codec}): ${figures.join(', ')}`)];
}

function checkDirection(name: string, direction: Direction): readonly Finding[] {
  const { from, to, sent, received, announced } = direction;
  if (received === undefined) return [];
  if (sent === 0) {
    return [
      problem(
        'media-silent',
        name,
        `${from} sends no sound to ${to}`,
        `Asterisk of ${from} has to load app_playtones.so and a timing module such as res_timing_timerfd.so`,
      ),
    ];
  }
  if (received === 0) {
    const where =
      announced === undefined ? '' : `: ${to} announces in its SDP that it takes sound at ${announced}`;
    const count = sent === undefined ? '' : `; ${from} sent ${sent} packets there, and none arrived`;
    return [
      problem('media-silent', name, `${to} hears nothing of ${from}${where}${count}`, openRemedy(direction)),
    ];
  }
  if (sent !== undefined && received < sent * enough) {
    return [
      warning(
        'media-lossy',
        name,
        `${to} hears ${from} with gaps: of ${sent} packets ${received} arrived`,
        `Look for an overloaded line or firewall between ${from} and ${to}`,
      ),
    ];
  }
  return [];
}

function openRemedy({ from, to, announced }: Direction): string {
  const end = announced?.lastIndexOf(':') ?? -1;
  const [host, port] =
    announced === undefined ? ['that address', ''] : [announced.slice(0, end), announced.slice(end + 1)];
  const ports =
    port === '' ? 'the RTP ports' : `UDP port ${port}, and all from rtpstart to rtpend of rtp.conf,`;
  return `If ${host} is not where ${from} reaches ${to}, set external_media_address and local_net of [interlinks-tls] in pjsip.conf of ${to}; else open ${ports} in the firewall of ${to} for ${from}`;
}
