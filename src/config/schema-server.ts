import { parseNetwork, parseRate } from "./network.ts";
import { parseAddress, parseSize } from "./units.ts";
import { checked, mapping, oneOrMany, secret, url } from "./vocabulary.ts";

const ADDRESS = "write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080";
const SIZE = "write a size, such as 512KB or 25MB";
const RATE = "write a rate, such as 10/s, 600/m or 5000/h, or off";
const NETWORK = "write an address or a network, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32";

export const network = checked((text) => (parseNetwork(text) ? null : NETWORK), NETWORK);

export const server = mapping({
  listen: checked((text) => (parseAddress(text) ? null : ADDRESS), ADDRESS)
    .default("127.0.0.1:8080")
    .describe("Where to listen."),
  public_url: url
    .optional()
    .describe("The bridge's address as the forges and people reach it, for links.")
    .meta({ examples: ["https://kojibridge.example.org"] }),
  body_limit: checked((text) => (parseSize(text) ? null : SIZE), SIZE)
    .default("25MB")
    .describe("Larger deliveries are refused; GitHub sends none above 25 MB."),
  rate_limit: checked((text) => (text === "off" || parseRate(text) ? null : RATE), RATE)
    .default("600/m")
    .describe("Requests from one address; deliveries that a forge has signed do not count. Or `off`."),
  trust_proxy: oneOrMany(network)
    .optional()
    .describe("Proxies whose `X-Forwarded-For` is believed. Without it every request is from whoever connects.")
    .meta({ examples: [["127.0.0.1"]] }),
  api_token: secret
    .optional()
    .describe(
      "Who has it sees every payload in the dashboard, reads the metrics, and may start, cancel and replay, there and by the API.",
    ),
});
