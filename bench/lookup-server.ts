import fastify from 'fastify';
import { TestSystem } from '../src/peer/testing/test-system.ts';

/** A process that answers lookups: signed ones as a system does, and the same without signatures. */
const unlimited = { burst: 1e6, perSecond: 1e6, maxKeys: 10 };
const answer = { status: 'shared', ticket: 'A'.repeat(22) } as const;

const [address = '127.0.0.2'] = process.argv.slice(2);
const system = await TestSystem.start({
  name: 'Lisbon',
  address,
  limits: { requests: unlimited },
  answerLookup: () => answer,
});
const { certificateKey: key, certificate: cert } = system.identity;
const unsigned = fastify({ https: { key, cert } });
unsigned.post('/lookups', async () => answer);
await unsigned.listen({ host: address, port: 0 });
const { port } = unsigned.server.address() as { port: number };
process.stdout.write(`${JSON.stringify({ key: await system.newKey('Berlin'), port })}\n`);
