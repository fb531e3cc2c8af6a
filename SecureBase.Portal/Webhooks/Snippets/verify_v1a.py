import base64
import binascii
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verify(public_key: str, headers: dict[str, str], body: bytes) -> bool:
    """body: the bytes as they came, before anything parses them. headers: by lower-case name."""
    message_id, timestamp, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not message_id or not timestamp.isascii() or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
        return False
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    content = f"{message_id}.{timestamp}.".encode() + body
    # Two signatures come while a key is being rotated: one that fits is enough.
    for signature in signatures.split(" "):
        version, _, value = signature.partition(",")
        try:
            if version == "v1a":
                key.verify(base64.b64decode(value), content)
                return True
        except (InvalidSignature, binascii.Error):
            pass
    return False
