import { join } from 'node:path';
import type { PbxOptions } from './pbx.ts';

/** The repository's place on an admin's machine, as the documents write it. */
const INSTALLED = '/opt/interlinks';
const REPOSITORY = join(import.meta.dirname, '../..');

/**
 * Where a call came out, shown as the caller's name on phone 900, which stands for whatever is behind: a provider, the
 * voicemail, a feature.
 */
const PLACE = `
[place]
exten => s,1,Set(CALLERID(name)=\${ARG1})
 same => n,Dial(PJSIP/900,10)
 same => n,Return()
`;

/** An admin's dial plan, with the lines that docs/dialplan.md tells to add. */
export interface Layout {
  readonly name: string;
  readonly pbx: Pick<PbxOptions, 'context' | 'files'>;
  readonly notFound: string;
  readonly voicemail: (number: string) => string;
  /** What the layout says of a number that nobody has. */
  readonly nobody: string;
}

/**
 * A file that an admin wrote by hand. The emergency number stands with the outside lines, after Interlinks.
 *
 * @param documented the lines as the documents have them
 */
export function plainLayout(documented: string): Layout {
  const lines = documented
    .replaceAll(INSTALLED, REPOSITORY)
    .replace('VoiceMailMain(${CALLERID(num)})', 'Gosub(place,s,1(feature ${EXTEN}))');
  const extensions = `${lines}
[outbound]
exten => 112,1,Gosub(place,s,1(emergency \${EXTEN}))
exten => _X.,1,Gosub(place,s,1(outside \${EXTEN}))

[voicemail]
exten => _X.,1,Gosub(place,s,1(voicemail \${EXTEN}))
${PLACE}`;
  return {
    name: 'plain extensions.conf',
    pbx: { files: { 'extensions.conf': extensions } },
    notFound: 'outbound,${EXTEN},1',
    voicemail: (number) => `voicemail,${number},1`,
    nobody: 'outside',
  };
}

/**
 * FreePBX's contexts, in the order of its own files; what FreePBX generates is cut down to one line for each kind.
 *
 * @param documented the lines as the documents have them
 */
export function freepbxLayout(documented: string): Layout {
  const additional = `[from-internal-additional]
include => from-internal-additional-custom
include => app-vmmain
include => ext-local
include => outbound-allroutes
exten => h,1,Hangup()

[from-internal-noxfer-additional]
exten => h,1,Hangup()

[app-vmmain]
exten => *97,1,Gosub(place,s,1(feature \${EXTEN}))

[ext-local]
exten => 100,1,Dial(PJSIP/\${EXTEN},20)
exten => _vmu.,1,Gosub(place,s,1(voicemail \${EXTEN:3}))

[outbound-allroutes]
include => outbound-allroutes-custom
include => outrt-1
include => outrt-2
exten => foo,1,Noop(bar)

[outrt-1]
exten => 112,1,Gosub(place,s,1(emergency \${EXTEN}))

[outrt-2]
exten => _0X.,1,Gosub(place,s,1(outside \${EXTEN}))

[bad-number]
exten => _X.,1,Gosub(place,s,1(bad-number \${EXTEN}))
exten => _*.,1,Gosub(place,s,1(bad-number \${EXTEN}))
`;
  const extensions = `#include extensions_override_freepbx.conf
#include extensions_additional.conf
#include extensions_custom.conf

[from-internal]
include => from-internal-noxfer
include => from-internal-xfer
include => bad-number

[from-internal-noxfer]
include => from-internal-noxfer-custom
include => from-internal-noxfer-additional

[from-internal-xfer]
include => from-internal-custom
include => from-internal-additional
exten => s,1,Hangup()
exten => h,1,Hangup()
`;
  return {
    name: 'FreePBX',
    pbx: {
      context: 'from-internal',
      files: {
        'extensions.conf': extensions,
        'extensions_override_freepbx.conf': '',
        'extensions_additional.conf': `[globals]\nTRANSFER_CONTEXT=from-internal-xfer\n\n${additional}`,
        'extensions_custom.conf': `${documented.replaceAll(INSTALLED, REPOSITORY)}${PLACE}`,
      },
    },
    notFound: 'after-interlinks,${EXTEN},1',
    voicemail: (number) => `ext-local,vmu${number},1`,
    nobody: 'bad-number',
  };
}
