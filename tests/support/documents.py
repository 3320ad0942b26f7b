"""Files to send, made here byte by byte, and how a client sends them."""
import struct
import zlib

from support.jisr import basic, eventually

PIECE = {"content-type": "application/offset+octet-stream"}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=64, height=48, pixel=b"\x20\x90\x40", text=b"", data=None):
    """A picture of one colour; `data` in place of its compressed rows."""
    rows = data if data is not None else zlib.compress((b"\0" + pixel * width) * height)
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    if text:
        parts.append(chunk(b"tEXt", b"Comment\0" + text))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts + [chunk(b"IDAT", rows), chunk(b"IEND", b"")])


def pdf(catalog="", objects=(), head=b"%PDF-1.7\n", page="/MediaBox [0 0 200 200]"):
    """One page, empty unless `page` says otherwise; `catalog` goes into the document's root, `objects` are numbered from 4."""
    bodies = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", f"<< /Type /Page /Parent 2 0 R {page} >>", *objects]
    out, offsets = head, []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + (body if isinstance(body, bytes) else body.encode()) + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(out))


def pdf_with_hidden_script():
    """The script's dictionary is inside a compressed stream of objects: a search through the file finds nothing."""
    packed = zlib.compress(b"4 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
               5: b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream"}
    out, offsets = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    offsets[6] = len(out)
    rows = b"\0\0\0\0\0" + b"".join((b"\2" + (5).to_bytes(3, "big") if number == 4 else b"\1" + offsets[number].to_bytes(3, "big")) + b"\0" for number in range(1, 7))
    return out + b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 3 1] /Root 1 0 R /Length %d >>\nstream\n" % len(rows) + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % offsets[6]


def stream(data, head=""):
    """An object of a PDF that holds bytes."""
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def announce(client, filed, size, kind="identity", page=1, **named):
    return client.post(f"/intake/v1/applications/{filed['id']}/documents", {"type": kind, "size": size, "page": page}, authorization=named.pop("authorization", basic(filed)))


def send(client, filed, document, data, offset=0, **headers):
    return client.call("PATCH", f"/intake/v1/applications/{filed['id']}/documents/{document}/upload", data,
                       PIECE | {"upload-offset": str(offset), "authorization": basic(filed)} | headers)


def settled(client, filed, document, seconds=30.0):
    """The document once it is READY or REFUSED."""
    def there():
        found = client.get(f"/intake/v1/applications/{filed['id']}/documents/{document}", authorization=basic(filed)).json()
        return found if found["state"] in ("READY", "REFUSED") else None
    return eventually("a document that is settled", there, seconds)


def kept_document(client, filed, data, **named):
    made = announce(client, filed, len(data), **named)
    assert made.status == 201, made
    sent = send(client, filed, made.json()["id"], data)
    assert sent.status == 204, sent
    return settled(client, filed, made.json()["id"])
