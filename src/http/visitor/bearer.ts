/** What `Authorization: Bearer …` says; empty without one. */
export function bearerOf({ authorization }: { readonly authorization?: string | undefined }): string {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
}
