/** What a service account token is issued for. */
export interface TokenClaims {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  /** Empty = the server's own audiences. */
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly pod?: { readonly name: string; readonly uid: string };
  readonly secret?: { readonly name: string; readonly uid: string };
  readonly node?: { readonly name: string; readonly uid: string };
}

/** Signs service account tokens. */
export interface TokenIssuer {
  readonly defaultAudiences: readonly string[];
  issue(claims: TokenClaims): Promise<{ readonly token: string; readonly expirationMs: number }>;
}
