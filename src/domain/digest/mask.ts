const MASK = "***";
/** Shorter ones would blacken ordinary words. */
const MIN_SECRET = 4;

/** What secrets look like. Group `keep` stays: it says what was masked. Each is linear in the text. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  // A line of a key whose first line was cut away.
  /^ *[A-Za-z0-9+/]{60,}={0,2}(?=\s*$)/gm,
  /(?<keep>\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@'"]{1,2000}(?=@)/gi,
  /(?<keep>\b(?:proxy-)?authorization["']?\s?[:=]\s?["']?(?:(?:basic|bearer|token|negotiate|digest)\s)?)[^\s"']+/gi,
  /(?<keep>\b(?:bearer|basic|negotiate)\s)[\w.~+/=-]{16,}/gi,
  /(?<keep>\b(?:private-token|job-token|deploy-token|x-api-key|koji-session-key|set-cookie|cookie)["']?\s?[:=]\s?["']?)[^\s"']+/gi,
  /(?<keep>[?&](?:[\w-]{0,30}(?:token|key|secret|signature|password|credential))=)[^\s&"']+/gi,
  /(?<keep>(?<![a-z])(?:[a-z0-9_-]{0,30}[_-])?(?:password|passwd|passphrase|secret|token|api_?key|access_?key|secret_access_key|private_?key)["']?\s{0,3}[:=]\s{0,3}["']?)(?!\*{3})[^\s"',;]{6,}/gi,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_\w{20,}/g,
  /\bgl(?:pat|ptt|rt|dt|cbt|ft|soat|agent|imt|oas|ffct)-[\w.-]{16,}/g,
  /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /\bxox[a-z]-[\w-]{10,}/g,
  /\bnpm_[A-Za-z0-9]{20,}/g,
  /\bpypi-[\w-]{20,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bsk_(?:live|test)_\w{10,}/g,
];

export type Mask = (text: string) => string;

/**
 * Takes secrets out of a text: `known` ones, also as they look in a URL, then whatever has the shape of one. Masking
 * shortens, so it is repeated until nothing known is left, even where what remains would spell one.
 */
export function createMask(known: readonly string[] = []): Mask {
  const secrets = spellings(known);
  return (text) => {
    let masked = maskKnown(text, secrets);
    for (const shape of SHAPES) masked = masked.replace(shape, (...args) => `${keptOf(args)}${MASK}`);
    return maskKnown(masked, secrets);
  };
}

export function maskSecrets(text: string, known: readonly string[] = []): string {
  return createMask(known)(text);
}

function keptOf(args: readonly unknown[]): string {
  const groups = args.at(-1);
  return typeof groups === "object" && groups !== null && "keep" in groups ? String(groups.keep ?? "") : "";
}

/** Longest first: one secret may be the beginning of another. A key of several lines is met line by line. */
function spellings(known: readonly string[]): string[] {
  const all = known.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]).flatMap((part) => [part, toUrl(part)]);
  const useful = all.filter((part) => part.trim().length >= MIN_SECRET && part.length > MASK.length);
  return [...new Set(useful)].sort((a, b) => b.length - a.length);
}

/** A lone surrogate has no spelling in a URL. */
function toUrl(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text;
}

function maskKnown(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (let before = ""; before !== masked; ) {
    before = masked;
    for (const secret of secrets) masked = masked.replaceAll(secret, MASK);
  }
  return masked;
}
