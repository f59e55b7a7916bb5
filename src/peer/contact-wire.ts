import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { isHost } from '../domain/host.ts';
import { parsePeerUrl } from '../domain/peer-url.ts';

/** Where systems are reached, as they tell it each other. What is not safe to use does not pass. */

export const host = z.string().refine(isHost);
export const port = z.number().int().min(1).max(65_535);

/**
 * One certificate and nothing else, with a key that can be read. It is written anew, so that no other text of the sender
 * is kept.
 */
export const certificate = z
  .string()
  .max(6000)
  .transform((pem, context) => {
    try {
      const parsed = new X509Certificate(pem);
      // OpenSSL reads the key only now, and node:crypto throws for one that it does not know.
      if (pem.split('-----BEGIN').length === 2 && parsed.publicKey.type === 'public')
        return parsed.toString();
    } catch {
      // Said below.
    }
    context.addIssue('no certificate');
    return z.NEVER;
  });

export const peerUrl = z.string().transform((text, context) => {
  const url = parsePeerUrl(text);
  if (url !== undefined) return url;
  context.addIssue('no peer URL');
  return z.NEVER;
});

export const trunkLocation = z.object({ host, port, certificate: certificate.optional() });

/** A peer's addresses, as its heartbeats tell them. */
export const contact = z.object({ url: peerUrl, certificate, trunk: trunkLocation });
