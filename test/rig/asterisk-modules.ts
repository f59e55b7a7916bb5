/**
 * What Asterisk loads in the rig, in this order; the fewer, the faster it boots. A version that lacks one (16 has no
 * res_websocket_client) goes without.
 */
export const ASTERISK_MODULES: readonly string[] = [
  ...prefixed('res_', [
    'sorcery_config sorcery_memory sorcery_astdb crypto srtp http_websocket websocket_client timing_timerfd',
    'pjproject musiconhold rtp_asterisk rtp_multicast statsd speech agi convert security_log format_attr_opus format_attr_h264',
  ]),
  ...prefixed('codec_', ['a_mu alaw ulaw g722 gsm resample']),
  ...prefixed('format_', ['pcm wav gsm sln g722']),
  ...prefixed('bridge_', ['simple native_rtp softmix holding builtin_features builtin_interval_features']),
  ...prefixed('res_pjsip', [' _pubsub _session']),
  ...prefixed('res_pjsip_', [
    'acl authenticator_digest caller_id diversion dlg_options dtmf_info empty_info endpoint_identifier_anonymous',
    'endpoint_identifier_ip endpoint_identifier_user exten_state header_funcs logger maintenance messaging mwi',
    'mwi_body_generator nat notify outbound_authenticator_digest outbound_publish outbound_registration path',
    'pidf_body_generator refer registrar rfc3326 rfc3329 sdp_rtp sips_contact t38',
  ]),
  ...prefixed('chan_', ['pjsip iax2 bridge_media rtp']),
  ...prefixed('res_stasis', [' _answer _device_state _playback _recording _snoop']),
  ...prefixed('res_ari', [
    ' _applications _asterisk _bridges _channels _device_states _endpoints _events _model _playbacks _recordings _sounds',
  ]),
  ...prefixed('app_', [
    'bridgewait cdr chanspy confbridge db dial echo exec if mixmonitor originate page playback playtones read senddtmf',
    'sendtext softhangup stack stasis system transfer userevent verbose waituntil while',
  ]),
  ...prefixed('func_', [
    'base64 callerid cdr channel config cut db devstate dialplan env export extstate global groupcount hangupcause hash',
    'iconv json lock logic math md5 module pjsip_aor pjsip_contact pjsip_endpoint rand sha1 shell sorcery sprintf',
    'strings sysinfo timeout uri uuid version volume',
  ]),
  'pbx_config',
  'res_clialiases',
  'res_clioriginate',
  'pbx_loopback',
  'pbx_dundi',
  'res_parking',
];

function prefixed(prefix: string, names: readonly string[]): string[] {
  return names.flatMap((line) => line.split(' ')).map((name) => `${prefix}${name}`);
}
