"""Pictures with Content Credentials, signed here by certificates of nobody."""

import io
import json
from datetime import UTC, datetime, timedelta

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]
ACTION = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}


def certificate(name: str, issuer: Pair | None = None) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    said = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Invented"),
        ]
    )
    signer = issuer[1] if issuer else key
    is_root = issuer is None
    usage = x509.KeyUsage(True, False, False, False, False, is_root, is_root, False, False)
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(said)
        .issuer_name(issuer[0].subject if issuer else said)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(usage, critical=True)
    )
    if not is_root:
        extended = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(extended, critical=False)
    return builder.sign(signer, hashes.SHA256()), key


def pem(found: x509.Certificate) -> bytes:
    return found.public_bytes(serialization.Encoding.PEM)


def picture() -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (48, 48), (10, 90, 30)).save(sink, "JPEG")
    return sink.getvalue()


def signed_picture(root: Pair) -> bytes:
    """Return a picture with credentials signed below a root."""
    leaf, key = certificate("Invented Camera", root)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    manifest = {
        "claim_generator_info": [{"name": "Invented Camera", "version": "1"}],
        "title": "x.jpg",
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [ACTION]}}],
    }
    sink = io.BytesIO()
    info = c2pa.C2paSignerInfo(b"es256", pem(leaf) + pem(root[0]), secret, None)
    with c2pa.Signer.from_info(info) as signer:
        c2pa.Builder(json.dumps(manifest)).sign(signer, "image/jpeg", io.BytesIO(picture()), sink)
    return sink.getvalue()
