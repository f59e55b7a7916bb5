import type { TrunkTechnology } from '../../domain/interlink.ts';
import { fine, orFine, problem, warning, type Finding } from '../finding.ts';

/** What goes wrong without each module. */
const needed: Readonly<Record<string, string>> = {
  'app_stasis.so': 'no call reaches the service',
  'chan_pjsip.so': 'there are no trunks',
  'func_db.so': 'no number is looked up',
  'func_timeout.so': 'callers wait for ever while the service hangs',
  'pbx_loopback.so': 'no number is looked up',
  'res_ari_applications.so': 'the service does not learn how trunks are',
  'res_ari_asterisk.so': 'no trunk can be made',
  'res_ari_bridges.so': 'joined interlinks go unnoticed',
  'res_ari_channels.so': 'no call can be routed',
  'res_ari_endpoints.so': 'trunks are not known',
  'res_pjsip_authenticator_digest.so': 'linked systems cannot prove who they are',
  'res_pjsip_endpoint_identifier_user.so': 'calls of linked systems are not recognized',
  'res_pjsip_header_funcs.so': 'calls go out without their ticket and are refused',
  'res_pjsip_outbound_authenticator_digest.so': 'this system cannot prove to others who it is',
  'res_pjsip_sdp_rtp.so': 'calls have no sound',
  'res_rtp_asterisk.so': 'calls have no sound',
  'res_sorcery_memory.so': 'no trunk can be made',
  'res_srtp.so': 'encrypted calls fail',
};

/** The same, where calls may go over IAX2. */
const neededForIax2: Readonly<Record<string, string>> = {
  'chan_iax2.so': 'there are no trunks over IAX2',
};

/** Names of the modules for codecs that Asterisk can translate; others it only passes on. */
const translators: Readonly<Record<string, string>> = {
  opus: 'codec_opus',
  g722: 'codec_g722',
  alaw: 'codec_alaw',
  ulaw: 'codec_ulaw',
  g726: 'codec_g726',
  g729: 'codec_g729a',
  gsm: 'codec_gsm',
  ilbc: 'codec_ilbc',
  speex: 'codec_speex',
};

export function checkModules(
  modules: ReadonlySet<string>,
  protocols: readonly TrunkTechnology[],
): readonly Finding[] {
  const all = { ...needed, ...(protocols.includes('iax2') && neededForIax2) };
  const found = Object.entries(all)
    .filter(([module]) => !modules.has(module))
    .map(([module, harm]) =>
      problem(
        'module-missing',
        module,
        `Asterisk has not loaded ${module}: ${harm}`,
        `Let modules.conf load it, install the package that has it, and run "asterisk -rx 'module load ${module}'"`,
      ),
    );
  return orFine(found, 'modules', 'modules.conf', `The ${Object.keys(all).length} modules needed are loaded`);
}

export function checkCodecs(modules: ReadonlySet<string>, codecs: readonly string[]): readonly Finding[] {
  const untranslated = codecs.filter((codec) => {
    const module = translators[codec];
    return module !== undefined && !modules.has(`${module}.so`);
  });
  if (untranslated.length === 0) {
    return [fine('codecs', 'trunk.pjsip.codecs', `Asterisk can translate ${codecs.join(', ')}`)];
  }
  return untranslated.map((codec) =>
    warning(
      'codec-missing',
      codec,
      `Trunks offer ${codec}, which this Asterisk cannot translate: it works between phones that both have it, and keeps others from being heard`,
      `Take ${codec} out of trunk.pjsip.codecs, or install ${translators[codec]}.so`,
    ),
  );
}
