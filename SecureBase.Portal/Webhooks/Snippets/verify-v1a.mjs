import { createPublicKey, verify as verifySignature } from "node:crypto";

// body: the bytes as they came, before anything parses them. headers: by lower-case name.
export function verify(publicKey, headers, body) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (!id || !signatures || !(Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300)) return false;
  const x = Buffer.from(publicKey.slice("whpk_".length), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  // Two signatures come while a key is being rotated: one that fits is enough.
  return signatures.split(" ").some((signature) => {
    const [version, value] = signature.split(",");
    return version === "v1a" && verifySignature(null, content, key, Buffer.from(value ?? "", "base64"));
  });
}
