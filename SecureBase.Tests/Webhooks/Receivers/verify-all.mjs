// Reads deliveries, verifies each with every key that signed it, then alters it in every way below: none of those may pass.
import { readFileSync } from "node:fs";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { verify as verifyV1a } from "./verify-v1a.mjs";

const verifiers = {
  v1(key, headers, body) {
    try {
      new Webhook(key).verify(body, headers);
      return true;
    } catch (refused) {
      if (refused instanceof WebhookVerificationError) return false;
      throw refused;
    }
  },
  v1a: verifyV1a,
};

const shift = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
const withHeader = ({ headers, body }, name, value) => ({ headers: { ...headers, [name]: value }, body });

const alterations = {
  "one bit of the body": ({ headers, body }) => {
    const altered = Buffer.from(body);
    altered[altered.length >> 1] ^= 1;
    return { headers, body: altered };
  },
  "a longer body": ({ headers, body }) => ({ headers, body: Buffer.concat([body, Buffer.from(" ")]) }),
  "another id": (delivery, other) => withHeader(delivery, "webhook-id", other.headers["webhook-id"]),
  "a later timestamp": (delivery) => withHeader(delivery, "webhook-timestamp", String(Number(delivery.headers["webhook-timestamp"]) + 1)),
  "another delivery's signature": (delivery, other) => withHeader(delivery, "webhook-signature", other.headers["webhook-signature"]),
  "one character of the signatures": (delivery) => withHeader(delivery, "webhook-signature",
    delivery.headers["webhook-signature"].split(" ").map((signature) => shift(signature, signature.indexOf(",") + 8)).join(" ")),
  "no signature": (delivery) => withHeader(delivery, "webhook-signature", ""),
};

const { scheme, otherKey, deliveries } = JSON.parse(readFileSync(0, "utf8"));
const verify = verifiers[scheme];
const read = deliveries.map((d) => ({ ...d, body: Buffer.from(d.body, "base64") }));
const report = { verified: 0, rejected: 0, faults: [] };
read.forEach((delivery, i) => {
  const id = delivery.headers["webhook-id"];
  const other = read[(i + 1) % read.length];
  for (const key of delivery.keys) {
    if (verify(key, delivery.headers, delivery.body)) report.verified++;
    else report.faults.push(`${id} was not verified`);
    for (const [name, alter] of Object.entries(alterations)) {
      const { headers, body } = alter(delivery, other);
      if (verify(key, headers, body)) report.faults.push(`${id} passed with ${name}`);
      else report.rejected++;
    }
  }
  if (verify(otherKey, delivery.headers, delivery.body)) report.faults.push(`${id} passed with another key`);
  else report.rejected++;
});
console.log(JSON.stringify({ ...report, alterations: Object.keys(alterations).length }));
