import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";

export function send(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, { "Content-Length": body.length, "Content-Type": type });
  response.end(body);
}

/** Apache's own error pages. */
export function sendApachePage(response: ServerResponse, status: number, title: string, text: string): void {
  const page = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`;
  send(response, status, "text/html; charset=iso-8859-1", page);
}

export function sendNotFound(response: ServerResponse): void {
  sendApachePage(response, 404, "Not Found", "The requested URL was not found on this server.");
}
