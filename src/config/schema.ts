import { z } from 'zod';
import { listOf, port, reporting, section, text, whole } from './checks.ts';
import {
  endpointFlaw,
  locationFlaw,
  nameFlaw,
  notFoundFlaw,
  numberFlaw,
  dataDirFlaw,
  pathFlaw,
  prefixFlaw,
  usernameFlaw,
} from './formats.ts';
import { addressFlaw, hostFlaw, listenFlaw, networkFlaw } from './hosts.ts';
import { ariUrlFlaw, databaseUrlFlaw, pageUrlFlaw, peerUrlFlaw } from './urls.ts';

// The descriptions are the comments of interlinks.example.yaml. `example` stands there for a key without a default,
// and `live` keeps a key from being commented out although it may be left out. `restart`: a change takes effect at the
// next start only. `unused`: part of the contract, without effect in this version.

const codecs = [
  'opus',
  'g722',
  'alaw',
  'ulaw',
  'g726',
  'g729',
  'gsm',
  'ilbc',
  'speex',
  'slin',
  'slin16',
] as const;

function passwordFile(name: 'ari' | 'ami' | 'database', live = false) {
  return text(pathFlaw)
    .optional()
    .meta({
      description: `A file that holds the password and nothing else. Or set INTERLINKS_${name.toUpperCase()}_PASSWORD, which comes first.`,
      example: `/etc/interlinks/${name}.secret`,
      live,
    });
}

const system = section({
  name: text(nameFlaw).meta({
    description:
      'Name of this system. Linked systems see it, and phones show it for callers with a private number.',
    example: 'Berlin',
  }),
}).meta({ description: 'This phone system.' });

const peer = section({
  listen: text(listenFlaw).default('0.0.0.0:8443').meta({
    description: 'Where Interlinks listens for linked systems. Open this TCP port in the firewall.',
    restart: true,
  }),
  url: text(peerUrlFlaw).meta({
    description: 'How linked systems reach this one. It goes into every authorization key.',
    example: 'https://pbx.berlin.example:8443',
    restart: true,
  }),
  allowLoopback: z.boolean().default(false).meta({
    description: 'Only for test rigs: linked systems may live on loopback addresses of this machine.',
    restart: true,
  }),
}).meta({ description: 'Signed requests between linked systems: pairing, lookups, health.' });

const admin = section({
  listen: text(listenFlaw).default('127.0.0.1:8420').meta({
    description:
      'Where the "interlinks" command is answered and the page is served. Best kept on this machine.',
    restart: true,
  }),
  url: text(pageUrlFlaw).optional().meta({
    description:
      'Where browsers find the page, when a proxy with TLS stands in front. Left out: the address in listen.',
    example: 'https://interlinks.berlin.example',
    restart: true,
  }),
}).meta({ description: 'The admin API and the page.' });

const ari = section({
  url: text(ariUrlFlaw).default('http://127.0.0.1:8088').meta({
    description: "Asterisk's HTTP server, as bindaddr and bindport in http.conf say; without a prefix.",
  }),
  username: text(usernameFlaw).default('interlinks').meta({ description: 'The section in ari.conf.' }),
  passwordFile: passwordFile('ari', true),
}).meta({ description: 'The REST interface: takes the calls and decides where they go.', restart: true });

const ami = section({
  host: text(hostFlaw).default('127.0.0.1').meta({ description: 'Host name or IP address of Asterisk.' }),
  port: port().default(5038).meta({ description: 'As in manager.conf.' }),
  username: text(usernameFlaw).default('interlinks').meta({ description: 'The section in manager.conf.' }),
  passwordFile: passwordFile('ami', true),
}).meta({
  description:
    'The manager interface: copies numbers and dialing into Asterisk, so that they hold while Interlinks is down.',
  restart: true,
});

const trunk = section({
  address: text(hostFlaw).optional().meta({
    description: 'Host name or IP address where linked systems send calls. Left out: the host of peer.url.',
    example: 'pbx.berlin.example',
    restart: true,
  }),
  protocols: listOf(z.enum(['pjsip', 'iax2']), 1, 2)
    .default(['pjsip'])
    .meta({
      description:
        'What calls may travel on, in order of preference: pjsip (SIP over TLS), iax2 (needs iax-interlinks.conf).',
      restart: true,
    }),
  pjsip: section({
    bind: text(addressFlaw).default('0.0.0.0').meta({
      description:
        'IP address on which trunks are taken. As bind in pjsip-interlinks.conf; for another one, include a copy of your own, since an update replaces the installed file.',
      restart: true,
    }),
    port: port().default(5071).meta({
      description:
        'A port of its own, so that phones are not touched. As bind in pjsip-interlinks.conf; for another one, include a copy of your own, likewise.',
      restart: true,
    }),
    externalAddress: text(hostFlaw).optional().meta({
      description:
        'Behind NAT: the address under which the Internet sees this system. As external_signaling_address of [interlinks-tls](+) in your own pjsip.conf.',
      example: '203.0.113.7',
      restart: true,
    }),
    localNets: listOf(text(networkFlaw), 0, 50)
      .default([])
      .meta({
        description: 'Behind NAT: networks that are reached without it. Left out: none.',
        example: ['10.0.0.0/8'],
        unused: true,
      }),
    codecs: listOf(z.enum(codecs), 1, codecs.length).default(['g722', 'alaw', 'ulaw']).meta({
      description:
        'In order of preference, for IAX2 as well. Asterisk needs a module for each that not all phones share, such as opus. A change is for new trunks, and for others from the next restart.',
    }),
  }).meta({ description: 'SIP trunks.' }),
  iax2: section({
    port: port().default(4569).meta({ description: 'As bindport in iax.conf.', restart: true }),
  }).meta({ description: 'IAX2 trunks.' }),
  limits: section({
    calls: whole(1, 10_000, 'calls').default(30).meta({
      description: 'Calls at once, both ways.',
      restart: true,
    }),
    perSecond: whole(1, 1000, 'calls').default(5).meta({
      description:
        'New calls a second that arrive, in the long run; as many as may be at once may come in one go.',
      restart: true,
    }),
  }).meta({
    description:
      'What one interlink may carry, so that a linked system that runs wild disturbs no other calls.',
  }),
}).meta({ description: 'The voice between linked systems.' });

const dialing = z
  .strictObject({
    min: whole(1, 20, 'digits').default(2).meta({ description: 'Shortest number that is looked up.' }),
    max: whole(1, 20, 'digits').default(6).meta({ description: 'Longest number that is looked up.' }),
    notFound: text(notFoundFlaw).optional().meta({
      description:
        'Where a number goes that nobody has, as "context,extension,priority". Left out: the caller is told so.',
      example: 'outbound,${EXTEN},1',
    }),
    ownPrefix: text(prefixFlaw).optional().meta({
      description:
        'The prefix that linked systems dial for this one, if they have agreed on one. Dialed here by habit, it stays here.',
      example: '82',
    }),
  })
  .superRefine(
    reporting(({ min, max }) =>
      min <= max
        ? undefined
        : {
            message: `min ${min} is larger than max ${max}`,
            remedy: 'Swap them, or set both',
          },
    ),
  )
  .prefault({})
  .meta({ description: 'Which dialed numbers Interlinks takes an interest in.' });

const emergency = listOf(text(numberFlaw), 0, 100).default(['112', '911', '999', '000', '110']).meta({
  description:
    'Never looked up at linked systems, never shared with them, never accepted from them. Write what is valid in your country, in quotes: this list replaces the default.',
});

const database = z
  .strictObject({
    url: text(databaseUrlFlaw).meta({
      description: 'PostgreSQL 15 or later, without the password.',
      example: 'postgres://interlinks@db/interlinks',
    }),
    passwordFile: passwordFile('database'),
  })
  .optional()
  .meta({
    description:
      'A PostgreSQL database. Left out: SQLite in dataDir, with nothing to set up. Choose before the first key: in another database this is another system without interlinks, since nothing is moved. Setting it back brings the old ones back.',
    restart: true,
  });

const localNumber = z.strictObject({
  number: text(numberFlaw).meta({
    description: 'The number, always in quotes: 0-9, * and #.',
    example: '101',
  }),
  name: text(nameFlaw).optional().meta({
    description: 'Whose it is, as shown to people called from it.',
    example: 'Reception',
  }),
  ring: listOf(text(endpointFlaw), 1, 20)
    .optional()
    .meta({ description: 'The endpoints that ring, as technology/name.', example: ['PJSIP/101'] }),
  timeout: whole(1, 600, 'seconds').optional().meta({
    description: 'How long they ring, in seconds. Left out: 30.',
    example: 30,
  }),
  noAnswer: text(locationFlaw).optional().meta({
    description: 'Where the call goes then, as "context,extension,priority". Left out: it ends.',
    example: 'voicemail,101,1',
  }),
  private: z.boolean().default(false).meta({
    description: 'true: linked systems cannot call it, nor learn that it exists. Left out: it is shared.',
  }),
  dialplan: text(locationFlaw).optional().meta({
    description: 'Instead of ring: a place in your own dial plan, as "context,extension,priority".',
    example: 'conferences,600,1',
  }),
});

const records = section({
  days: whole(1, 36_500, 'days').default(365).meta({
    description: 'Days that they are kept. Calls in progress stay, however old.',
  }),
}).meta({ description: 'Call records, and the log of who changed what.' });

const log = section({
  level: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: 'fatal, error, warn, info, debug, trace or silent.' }),
}).meta({ description: 'The log, on standard output.' });

/** The shape of `interlinks.yaml`, key by key. What looks at more than one value is in rules.ts. */
export const settingsSchema = z.strictObject({
  system,
  peer,
  admin,
  asterisk: section({ ari, ami }).meta({ description: 'The Asterisk that Interlinks serves.' }),
  trunk,
  dialing,
  emergency,
  database,
  dataDir: text(dataDirFlaw).default('/var/lib/interlinks').meta({
    description: 'Where Interlinks keeps its data. Paths may be relative to this file.',
    restart: true,
  }),
  numbers: z.array(localNumber).meta({
    description:
      'The internal numbers of this system. Each is shared with linked systems unless it is private.',
    example: [
      { number: '101', name: 'Reception', ring: ['PJSIP/101'], timeout: 30, noAnswer: 'voicemail,101,1' },
      { number: '190', name: 'Server room', ring: ['PJSIP/190'], private: true },
      { number: '600', name: 'Conference', dialplan: 'conferences,600,1' },
    ],
  }),
  records,
  log,
});

/** The file's content with defaults, before it becomes a Config. */
export type Settings = z.output<typeof settingsSchema>;
