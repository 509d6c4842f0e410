// What we use of the optional `kerberos` package, so that the build needs it as little as the program does.
declare module "kerberos" {
  export interface KerberosClient {
    readonly contextComplete: boolean;
    /** Base64 in, base64 out; the first challenge is empty. */
    step(challenge: string): Promise<string>;
  }
  export interface ClientOptions {
    readonly principal?: string;
    readonly mechOID?: number;
  }
  /** Asks for mutual authentication unless told otherwise. */
  export function initializeClient(service: string, options: ClientOptions): Promise<KerberosClient>;
  export const GSS_MECH_OID_SPNEGO: number;
}
