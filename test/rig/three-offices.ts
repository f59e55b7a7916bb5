import { linkOffices } from './linking.ts';
import { startOffice, type Office } from './office.ts';

const LOW = 440;
const MIDDLE = 620;
const HIGH = 1000;

/** Berlin is linked to Lisbon and to Porto; Lisbon and Porto are not linked. */
export interface ThreeOffices {
  readonly berlin: Office;
  readonly lisbon: Office;
  readonly porto: Office;
  stop(): Promise<void>;
}

/**
 * Berlin: 101 and 150 have phones, 160 and 161 accounts whose phones the test brings, 170 and 171 lead to the admin's
 * own dial plan, 172 and 173 to one with a Local channel that stays, 600 to a conference, 700 to where calls wait, and
 * there is an outside line, which answers. Lisbon has 201 and Porto 301; 205 and 305 there answer a call with a redirect
 * (302) to the other one's number, 206 and 306 answer it and then transfer it there (REFER).
 */
export async function startThreeOffices(trunk: 'pjsip' | 'iax2' = 'pjsip'): Promise<ThreeOffices> {
  const [berlin, lisbon, porto] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [
        { number: '101', name: 'Reception' },
        { number: '150' },
        { number: '160' },
        { number: '161' },
        { number: '170', dialplan: 'onwards,301,1' },
        { number: '171', dialplan: 'onwards,201,1' },
        { number: '172', dialplan: 'onwards,8301,1' },
        { number: '173', dialplan: 'onwards,8201,1' },
        { number: '600', dialplan: 'onwards,conference,1' },
        { number: '700', dialplan: 'onwards,wait,1' },
        { number: '180', ring: ['PJSIP/150'], timeout: 1, noAnswer: 'phones,301,1' },
        { number: '181', ring: ['PJSIP/150'], timeout: 1, noAnswer: 'phones,201,1' },
      ],
      phones: { '101': HIGH, '150': MIDDLE },
      accounts: ['160', '161'],
      settings: { dialing: { notFound: 'outbound,${EXTEN},1' } },
      pbx: {
        outbound: `exten => _[0-9*#]!,1,Set(GLOBAL(OUTSIDE)=\${GLOBAL(OUTSIDE)} \${EXTEN})
 same => n,Answer()
 same => n,Wait(5)

[onwards]
exten => _XXX,1,Dial(Local/\${EXTEN}@phones)
exten => _8XXX,1,Dial(Local/\${EXTEN:1}@phones/n)
exten => conference,1,ConfBridge(600)
exten => wait,1,Answer()
 same => n,BridgeWait()`,
      },
    }),
    farOffice('Lisbon', '2', '301'),
    farOffice('Porto', '3', '201'),
  ]);
  await linkOffices(berlin, lisbon, '--trunk', trunk);
  await linkOffices(berlin, porto, '--trunk', trunk);
  return {
    berlin,
    lisbon,
    porto,
    stop: async () => {
      await Promise.all([berlin, lisbon, porto].map((office) => office.stop()));
    },
  };
}

function farOffice(name: string, prefix: string, elsewhere: string): Promise<Office> {
  const [phone, redirects, transfers] = [`${prefix}01`, `${prefix}05`, `${prefix}06`];
  return startOffice({
    name,
    numbers: [
      { number: phone },
      { number: redirects, dialplan: `leaving,redirect,1` },
      { number: transfers, dialplan: `leaving,transfer,1` },
    ],
    phones: { [phone]: LOW },
    pbx: {
      outbound: `exten => _[0-9*#]!,1,Hangup(1)

[leaving]
exten => redirect,1,Transfer(PJSIP/sip:${elsewhere}@\${CHANNEL(pjsip,remote_addr)})
exten => transfer,1,Answer()
 same => n,Transfer(PJSIP/sip:${elsewhere}@\${CHANNEL(pjsip,remote_addr)})
 same => n,Set(GLOBAL(TRANSFERRED)=\${TRANSFERSTATUS})
 same => n,Wait(5)`,
    },
  });
}
