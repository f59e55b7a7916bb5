import { expect, test } from 'vitest';
import type { MediaFigures, MediaOutcome } from '../../domain/media-figures.ts';
import { checkMedia } from './media.ts';

/** At Berlin, which sends to what Lisbon announced. */
const here: MediaFigures = { received: 100, sent: 101, target: '198.51.100.9:14000', codec: 'alaw' };
/** At Lisbon, which sends to what Berlin announced. */
const there: MediaFigures = { received: 99, sent: 100, target: '203.0.113.7:10012', codec: 'alaw' };

function check(facts: MediaOutcome): readonly string[] {
  return checkMedia('Lisbon', 'Berlin', facts).map(({ level, id, what }) => `${level} ${id}: ${what}`);
}

function measured(change: { here?: Partial<MediaFigures>; there?: Partial<MediaFigures> }): MediaOutcome {
  return { kind: 'measured', here: { ...here, ...change.here }, there: { ...there, ...change.there } };
}

test('sound goes both ways', () => {
  expect(check(measured({}))).toEqual([
    'ok media: Sound goes both ways (alaw): Berlin → Lisbon 99 of 101 packets, Lisbon → Berlin 100 of 100 packets',
  ]);
});

test('each direction is told by who is deaf, what that side announced, and what was sent there', () => {
  expect(check(measured({ here: { received: 0 } }))).toEqual([
    'problem media-silent: Berlin hears nothing of Lisbon: Berlin announces in its SDP that it takes sound at 203.0.113.7:10012; Lisbon sent 100 packets there, and none arrived',
  ]);
  expect(check(measured({ there: { received: 0 } }))).toEqual([
    'problem media-silent: Lisbon hears nothing of Berlin: Lisbon announces in its SDP that it takes sound at 198.51.100.9:14000; Berlin sent 101 packets there, and none arrived',
  ]);
  expect(check(measured({ here: { received: 0 }, there: { received: 0 } }))).toHaveLength(2);
});

test('the remedy is at the side that is deaf, and names address and port', () => {
  const [finding] = checkMedia(
    'Lisbon',
    'Berlin',
    measured({ there: { received: 0, target: '203.0.113.7:10012' } }),
  );
  expect(finding).toMatchObject({
    remedy:
      'If 198.51.100.9 is not where Berlin reaches Lisbon, set external_media_address and local_net of [interlinks-tls] in pjsip.conf of Lisbon; else open UDP port 14000, and all from rtpstart to rtpend of rtp.conf, in the firewall of Lisbon for Berlin',
  });
});

test('gaps, and a side that sends nothing', () => {
  expect(check(measured({ here: { received: 50 } }))).toEqual([
    'warning media-lossy: Berlin hears Lisbon with gaps: of 100 packets 50 arrived',
  ]);
  expect(check(measured({ here: { received: 0 }, there: { sent: 0 } }))).toEqual([
    'problem media-silent: Lisbon sends no sound to Berlin',
  ]);
});

test('what cannot be told is said, and is no fault', () => {
  const uncounted = { received: undefined, sent: undefined };
  expect(check(measured({ here: uncounted, there: uncounted }))).toEqual([
    'not-checked media: not checked: a test call was answered, but this kind of trunk does not tell what arrived',
  ]);
  expect(check({ kind: 'measured', here: { ...here, received: 0 }, there: undefined })).toEqual([
    'problem media-silent: Berlin hears nothing of Lisbon',
  ]);
  expect(check({ kind: 'busy' })).toEqual([expect.stringMatching(/^not-checked media: .*too often/)]);
  expect(check({ kind: 'unsupported' })).toEqual([expect.stringMatching(/^warning media-unsupported/)]);
  expect(check({ kind: 'unanswered', cause: 38 })).toEqual([
    expect.stringMatching(/media-call-failed.*cause 38$/),
  ]);
});
