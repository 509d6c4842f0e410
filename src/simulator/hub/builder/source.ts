import { buildError, genericError } from "../fault.ts";

const SCHEMES = [
  "git://",
  "git+http://",
  "git+https://",
  "git+rsync://",
  "git+ssh://",
  "svn://",
  "svn+http://",
  "svn+https://",
  "svn+ssh://",
  "cvs://",
  "cvs+ssh://",
];

/** Where a build's source comes from, as kojid reads it (koji-facts, section 9). */
export interface ScmSource {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly revision: string;
  /** The last part of the path, without `.git`: kojid finds the real name in the spec file. */
  readonly packageName: string;
}

/** Anything else is the path of an uploaded SRPM (transcript `build-scm-plain-https`). */
export function isScmUrl(source: string): boolean {
  return SCHEMES.some((scheme) => source.startsWith(scheme));
}

/** @throws HubFault with kojid's text; the check of the user comes only with the checkout */
export function parseScmUrl(url: string): ScmSource {
  const scheme = SCHEMES.find((known) => url.startsWith(known)) ?? "";
  const [beforeFragment = "", revision = ""] = splitOnce(url.slice(scheme.length), "#");
  const [address = ""] = splitOnce(beforeFragment, "?");
  const slash = address.indexOf("/");
  const userHost = slash < 0 ? address : address.slice(0, slash);
  const path = slash < 0 ? "" : address.slice(slash).replace(/\/+$/, "");
  const unparsable = (element: string) =>
    genericError(`Unable to parse SCM URL: ${url} . Could not find the ${element} element.`);
  if (userHost === "") throw unparsable("netloc");
  if (path === "") throw unparsable("path");
  if (revision === "") throw unparsable("fragment");
  const host = userHost.slice(userHost.lastIndexOf("@") + 1);
  return { scheme, host, path, revision, packageName: packageNameOf(path) };
}

/** What a checkout refuses although the URL is fine. */
export function checkAccess(url: string, source: ScmSource): void {
  const needsUser = source.scheme.endsWith("+ssh://");
  if (needsUser && !url.slice(source.scheme.length).split("/")[0]?.includes("@"))
    throw buildError(`No user specified for repository access scheme: ${source.scheme}`);
}

function packageNameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.git$/, "");
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
