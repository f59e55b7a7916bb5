/** The system's own keys, made at its first start and kept for ever. */
export interface Identity {
  /** RFC 7638 SHA-256 thumbprint of the Ed25519 public key, base64url. */
  readonly id: string;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
  /** Ed25519 private key, PKCS #8 PEM. */
  readonly privateKey: string;
  /** Self-signed TLS certificate and its private key (ECDSA P-256), PEM. */
  readonly certificate: string;
  readonly certificateKey: string;
}
