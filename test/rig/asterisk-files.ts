import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ASTERISK_MODULES } from './asterisk-modules.ts';

/** Files that Asterisk or one of its modules wants to exist, even when there is nothing to configure. */
const EMPTY = (
  'acl ari ccss cdr cel cli cli_aliases cli_permissions codecs confbridge dnsmgr dsp extensions features http ' +
  'iaxprov manager musiconhold pjproject pjsip pjsip_notify res_parking sorcery stasis statsd udptl websocket_client'
).split(' ');

/**
 * The configuration every instance starts from: all folders below its own, an explicit list of modules, a log file,
 * and nothing that listens.
 *
 * @param directory the instance's folder
 * @param modules the folder with Asterisk's modules
 * @param load tells which of `ASTERISK_MODULES` to load
 * @returns contents by file name
 */
export function asteriskBaseFiles(
  directory: string,
  modules: string,
  load: (module: string) => boolean,
): Record<string, string> {
  return {
    ...Object.fromEntries(EMPTY.map((name) => [`${name}.conf`, ''])),
    'asterisk.conf': asteriskConf(directory, modules),
    'modules.conf': modulesConf(modules, load),
    'logger.conf': '[general]\ndateformat=%T.%3q\n[logfiles]\nfull => notice,warning,error,verbose(5)\n',
    'rtp.conf': '[general]\nrtpstart=10000\nrtpend=19998\nicesupport=no\n',
    'indications.conf':
      '[general]\ncountry=us\n[us]\ndescription=United States\nring=440+480/2000,0/4000\nbusy=480+620/500,0/500\n',
  };
}

function asteriskConf(directory: string, modules: string): string {
  const folders = {
    astcachedir: 'cache',
    astetcdir: 'etc',
    astvarlibdir: 'lib',
    astdbdir: 'db',
    astkeydir: 'keys',
    astdatadir: 'data',
    astagidir: 'lib',
    astspooldir: 'spool',
    astrundir: 'run',
    astlogdir: 'log',
    astsbindir: 'lib',
  };
  return [
    '[directories]',
    ...Object.entries(folders).map(([key, folder]) => `${key} => ${join(directory, folder)}`),
    `astmoddir => ${modules}`,
    '[options]',
    'live_dangerously = no',
    '',
  ].join('\n');
}

function modulesConf(folder: string, load: (module: string) => boolean): string {
  const present = ASTERISK_MODULES.filter((name) => load(name) && existsSync(join(folder, `${name}.so`)));
  return ['[modules]', 'autoload=no', ...present.map((name) => `load=${name}.so`), ''].join('\n');
}
